package dev.tavernmem0.embedded.memory;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.memory.embedding.Embeddings;
import dev.tavernmem0.embedded.memory.extraction.MemoryExtractor;
import dev.tavernmem0.embedded.memory.store.MemoryStore;
import dev.tavernmem0.service.access.PublicPaths;
import dev.tavernmem0.service.openai.ChatCompletions;
import dev.tavernmem0.service.openai.ChatCompletionsOptions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Puts the server together. */
@Configuration(proxyBeanMethods = false)
class MemoryServerConfiguration {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** More adds than this at a time wait for one another. */
  private static final int MODEL_CONNECTIONS = 16;

  @Bean
  JsonMapper jsonMapper() {
    return Json.MAPPER;
  }

  /** What mem0 answers without a key too. */
  @Bean
  PublicPaths publicPaths() {
    return PublicPaths.health().and("/openapi.json", "/auth/setup-status", "/health", "/ready");
  }

  @Bean
  Embeddings embeddings() {
    return Embeddings.loadInBackground();
  }

  @Bean
  MemoryStore memoryStore(MemoryServerProperties properties) {
    return MemoryStore.open(properties.dataDirectory().toAbsolutePath().normalize());
  }

  @Bean
  MemoryService memoryService(
      MemoryStore store,
      Embeddings embeddings,
      MemoryServerProperties properties,
      Optional<ChatCompletions> model,
      MeterRegistry meters) {
    return new MemoryService(store, embeddings, extractor(properties.llm(), model, meters));
  }

  @Bean
  RepeatableAdds repeatableAdds(MemoryService service, MemoryStore store) {
    return new RepeatableAdds(service, store);
  }

  @Bean
  MeterBinder memoryCount(MemoryStore store) {
    return registry ->
        Gauge.builder("tavern.memory.server.memories", store, MemoryStore::count)
            .description("Stored memories, expired ones included")
            .register(registry);
  }

  @Bean
  MeterBinder waitingRepeats(RepeatableAdds adds) {
    return registry ->
        Gauge.builder("tavern.memory.server.repeats.waiting", adds, RepeatableAdds::waiting)
            .description("Adds that wait for an earlier one with the same Idempotency-Key")
            .register(registry);
  }

  @Bean
  HealthIndicator embeddingsHealthIndicator(Embeddings embeddings) {
    return () -> {
      if (embeddings.isReady()) {
        return Health.up().build();
      }
      return embeddings.hasFailed()
          ? Health.down().withDetail("reason", "the embedding models cannot be loaded").build()
          : Health.outOfService().withDetail("reason", "the embedding models are loading").build();
    };
  }

  @Bean
  HealthIndicator memoriesHealthIndicator(MemoryStore store) {
    return () ->
        store.isOpen()
            ? Health.up().withDetail("memories", store.count()).build()
            : Health.down().withDetail("reason", "the index was closed by an error").build();
  }

  /** Null, which is no bean, unless a model is configured. */
  @Bean
  @Nullable ChatCompletions languageModel(MemoryServerProperties properties) {
    MemoryServerProperties.Llm llm = properties.llm();
    return llm == null
        ? null
        : new ChatCompletions(
            new ChatCompletionsOptions(
                "tavern.memory-server.llm.base-url",
                llm.baseUrl(),
                llm.model(),
                llm.apiKey(),
                CONNECT_TIMEOUT,
                llm.timeout(),
                MODEL_CONNECTIONS));
  }

  private static @Nullable MemoryExtractor extractor(
      MemoryServerProperties.@Nullable Llm llm,
      Optional<ChatCompletions> model,
      MeterRegistry meters) {
    return llm == null || model.isEmpty()
        ? null
        : new MemoryExtractor(model.get(), llm.model(), systemPrompt(), meters);
  }

  private static String systemPrompt() {
    try (InputStream text =
        Objects.requireNonNull(
            MemoryExtractor.class.getResourceAsStream("system-prompt.txt"), "system-prompt.txt")) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("system-prompt.txt cannot be read from the jar", e);
    }
  }
}
