package dev.tavernmem0.service.mem0;

import dev.tavernmem0.common.mem0.ApiVersion;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0ClientOptions;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The user's mem0 server; {@code mem0.*}. How long and how often a service calls it is its own.
 *
 * @param enabled whether there is memory at all; without, nothing is written and nothing recalled
 * @param baseUrl of its REST API, for example {@code http://localhost:8001}
 * @param apiKey sent as {@code X-API-Key}; empty sends none
 * @param apiVersion generation of the API; {@code auto} asks the server
 */
@Validated
@ConfigurationProperties("mem0")
public record Mem0ConnectionProperties(
    @DefaultValue("true") boolean enabled,
    @NotNull @DefaultValue("http://localhost:8001") URI baseUrl,
    @Nullable String apiKey,
    @NotNull @DefaultValue("auto") ApiVersion apiVersion) {

  /**
   * A client of this server.
   *
   * @param connectTimeout for one TCP connection, and for a free one in the pool
   * @param responseTimeout longest wait for an answer
   * @param connections most of them at the same time
   */
  public Mem0Client client(Duration connectTimeout, Duration responseTimeout, int connections) {
    return new Mem0Client(
        new Mem0ClientOptions(
            baseUrl, apiKey, apiVersion, connectTimeout, responseTimeout, connections));
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "Mem0ConnectionProperties[enabled=" + enabled + ", baseUrl=" + baseUrl + "]";
  }
}
