package dev.tavernmem0.writer;

import dev.tavernmem0.common.mem0.ApiVersion;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The mem0 server.
 *
 * @param enabled false consumes nothing; the turns wait in the log
 * @param baseUrl for example {@code http://localhost:8001}
 * @param apiKey sent as {@code X-API-Key}; empty sends none
 * @param writeTimeoutMs longest wait for an answer, in milliseconds; an add takes its model 2 to 20
 *     s
 * @param maxConcurrency most calls at the same time
 * @param apiVersion generation of mem0's API; {@code auto} asks the server
 */
@Validated
@ConfigurationProperties("mem0")
public record Mem0Properties(
    @DefaultValue("true") boolean enabled,
    @NotNull @DefaultValue("http://localhost:8001") URI baseUrl,
    @Nullable String apiKey,
    @Min(1) @DefaultValue("60000") long writeTimeoutMs,
    @Min(1) @Max(64) @DefaultValue("4") int maxConcurrency,
    @NotNull @DefaultValue("auto") ApiVersion apiVersion) {

  @Override
  public String toString() {
    return "Mem0Properties[enabled=" + enabled + ", baseUrl=" + baseUrl + "]";
  }
}
