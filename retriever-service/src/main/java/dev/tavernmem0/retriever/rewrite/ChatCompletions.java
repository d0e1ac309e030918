package dev.tavernmem0.retriever.rewrite;

import dev.tavernmem0.common.json.Json;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.springframework.http.MediaType;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * {@code POST /chat/completions} of an OpenAI-compatible API, without streaming. One request per
 * call. Thread-safe.
 */
final class ChatCompletions implements AutoCloseable {
  private static final TimeValue KEEP_ALIVE = TimeValue.ofSeconds(4);
  private static final int MAX_ANSWER_BYTES = 1024 * 1024;

  private final CloseableHttpClient http;
  private final RestClient rest;
  private final String model;

  ChatCompletions(RewriterOptions options) {
    Timeout timeout = Timeout.of(options.timeout());
    this.http =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setMaxConnTotal(options.maxConcurrency())
                    .setMaxConnPerRoute(options.maxConcurrency())
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(timeout)
                            .setSocketTimeout(timeout)
                            .build())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(timeout)
                    .setResponseTimeout(timeout)
                    .setProtocolUpgradeEnabled(false)
                    .build())
            .setKeepAliveStrategy((response, context) -> KEEP_ALIVE)
            .evictIdleConnections(KEEP_ALIVE)
            .disableAutomaticRetries()
            .disableCookieManagement()
            .build();
    RestClient.Builder builder =
        RestClient.builder()
            .requestFactory(new HttpComponentsClientHttpRequestFactory(http))
            .baseUrl(withoutTrailingSlash(options.baseUrl()));
    if (options.apiKey() != null && !options.apiKey().isBlank()) {
      String bearer = options.apiKey();
      builder.defaultHeaders(headers -> headers.setBearerAuth(bearer));
    }
    this.rest = builder.build();
    this.model = options.model();
  }

  /** The model's server answered with an error or with something that is no completion. */
  static final class RefusedException extends RuntimeException {
    private final boolean temporary;

    private RefusedException(String message, boolean temporary) {
      super(message);
      this.temporary = temporary;
    }

    boolean isTemporary() {
      return temporary;
    }
  }

  /**
   * Asks the model.
   *
   * @return the text of its first choice
   * @throws RefusedException if the answer is not a completion
   * @throws org.springframework.web.client.ResourceAccessException if there is no answer
   */
  String complete(String system, String user) {
    Map<String, Object> body =
        Map.of(
            "model",
            model,
            "stream",
            false,
            "messages",
            List.of(
                Map.of("role", "system", "content", system),
                Map.of("role", "user", "content", user)));
    return rest.post()
        .uri("/chat/completions")
        .contentType(MediaType.APPLICATION_JSON)
        .accept(MediaType.APPLICATION_JSON)
        .body(Json.MAPPER.writeValueAsBytes(body))
        .exchangeForRequiredValue(
            (request, response) -> {
              int status = response.getStatusCode().value();
              byte[] answer = response.getBody().readNBytes(MAX_ANSWER_BYTES);
              if (status != 200) {
                throw new RefusedException(
                    "the rewrite model's server answered " + status,
                    status == 429 || status >= 500);
              }
              return text(answer);
            });
  }

  private static String text(byte[] answer) {
    try {
      JsonNode content =
          Json.MAPPER.readTree(answer).path("choices").path(0).path("message").path("content");
      if (content.isString()) {
        return content.stringValue();
      }
    } catch (JacksonException e) {
      // Jackson's message may quote the answer, so it goes no further.
      throw new RefusedException("the rewrite model's server answered no JSON", true);
    }
    throw new RefusedException(
        "the rewrite model's answer has no choices[0].message.content", true);
  }

  private static String withoutTrailingSlash(URI url) {
    return url.toString().replaceAll("/+$", "");
  }

  @Override
  public void close() {
    http.close(CloseMode.GRACEFUL);
  }
}
