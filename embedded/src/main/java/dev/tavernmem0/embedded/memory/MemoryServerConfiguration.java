package dev.tavernmem0.embedded.memory;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.memory.embedding.Embeddings;
import dev.tavernmem0.embedded.memory.extraction.MemoryExtractor;
import dev.tavernmem0.embedded.memory.store.MemoryStore;
import dev.tavernmem0.service.access.PublicPaths;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.json.JsonMapper;

/** Puts the server together. */
@Configuration(proxyBeanMethods = false)
class MemoryServerConfiguration {
  private static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(5);

  @Bean
  JsonMapper jsonMapper() {
    return Json.MAPPER;
  }

  /** What mem0 answers without a key too. */
  @Bean
  PublicPaths publicPaths() {
    return PublicPaths.health().and("/openapi.json", "/auth/setup-status", "/health");
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
      MeterRegistry meters) {
    return new MemoryService(store, embeddings, extractor(properties.llm(), meters));
  }

  @Bean
  MeterBinder memoryCount(MemoryStore store) {
    return registry ->
        Gauge.builder("tavern.memory.server.memories", store, MemoryStore::count)
            .description("Stored memories, expired ones included")
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

  private static @Nullable MemoryExtractor extractor(
      MemoryServerProperties.@Nullable Llm llm, MeterRegistry meters) {
    if (llm == null) {
      return null;
    }
    RestClient.Builder client =
        RestClient.builder()
            .baseUrl(llm.baseUrl().toString().replaceAll("/+$", ""))
            .requestFactory(requestFactory(llm));
    if (llm.apiKey() != null) {
      client.defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + llm.apiKey());
    }
    return new MemoryExtractor(client.build(), llm.model(), systemPrompt(), meters);
  }

  private static HttpComponentsClientHttpRequestFactory requestFactory(
      MemoryServerProperties.Llm llm) {
    var connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(CONNECT_TIMEOUT)
                    .setSocketTimeout(Timeout.of(llm.timeout()))
                    .build())
            .build();
    return new HttpComponentsClientHttpRequestFactory(
        HttpClients.custom()
            .setConnectionManager(connections)
            .disableAutomaticRetries()
            .disableCookieManagement()
            .build());
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
