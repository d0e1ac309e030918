package dev.tavernmem0.service.openai;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which model, and how it is reached.
 *
 * @param setting the name of the setting that {@code baseUrl} comes from, for error messages
 * @param baseUrl of an OpenAI-compatible API, up to and including {@code /v1}
 * @param model its name there
 * @param apiKey sent as a bearer token; null or blank sends none
 * @param connectTimeout for one TCP connection, and for a free one in the pool
 * @param timeout longest wait for an answer, from its first byte to its last
 * @param maxConnections most calls at the same time
 */
public record ChatCompletionsOptions(
    String setting,
    URI baseUrl,
    String model,
    @Nullable String apiKey,
    Duration connectTimeout,
    Duration timeout,
    int maxConnections) {

  public ChatCompletionsOptions {
    if (baseUrl.getScheme() == null || !baseUrl.getScheme().startsWith("http")) {
      throw new IllegalArgumentException(
          setting + " must start with http:// or https://, not '" + baseUrl + "'");
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "ChatCompletionsOptions[baseUrl=" + baseUrl + ", model=" + model + "]";
  }
}
