package dev.tavernmem0.retriever.rewrite;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which model rewrites queries, and how.
 *
 * @param baseUrl of an OpenAI-compatible API, for example {@code https://api.openai.com/v1}
 * @param apiKey sent as a bearer token; null or blank sends none
 * @param model the model's name
 * @param prompt instructions when the request brings none
 * @param timeout longest wait for the model
 * @param retries how often a transient failure is tried again
 * @param maxConcurrency most calls at a time
 */
public record RewriterOptions(
    URI baseUrl,
    @Nullable String apiKey,
    String model,
    String prompt,
    Duration timeout,
    int retries,
    int maxConcurrency) {

  @Override
  public String toString() {
    return "RewriterOptions[baseUrl=" + baseUrl + ", model=" + model + "]";
  }
}
