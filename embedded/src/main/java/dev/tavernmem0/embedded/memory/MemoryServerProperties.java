package dev.tavernmem0.embedded.memory;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the embedded memory server. Where it listens is {@code server.port} and {@code
 * server.address}.
 *
 * @param dataDirectory where memories are kept; made if missing
 * @param llm the language model that extracts memories; without one, messages are stored word for
 *     word
 */
@Validated
@ConfigurationProperties("tavern.memory-server")
public record MemoryServerProperties(@NotNull Path dataDirectory, @Valid @Nullable Llm llm) {

  /**
   * An OpenAI-compatible chat completion API.
   *
   * @param baseUrl up to and including {@code /v1}
   * @param model its name there
   * @param apiKey sent as bearer token; none for local servers
   * @param timeout for one answer; less than clients wait for an add
   */
  public record Llm(
      @NotNull URI baseUrl,
      @NotBlank String model,
      @Nullable String apiKey,
      @DefaultValue("4m") Duration timeout) {}
}
