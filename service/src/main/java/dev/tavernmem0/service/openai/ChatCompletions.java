package dev.tavernmem0.service.openai;

import dev.tavernmem0.common.http.BoundedBody;
import dev.tavernmem0.common.http.BoundedHttp;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.service.openai.ChatCompletionException.Kind;
import java.io.InterruptedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.io.CloseMode;
import org.springframework.http.MediaType;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * {@code POST /chat/completions} of an OpenAI-compatible API, without streaming. One request per
 * call, no retries. Thread-safe.
 */
public final class ChatCompletions implements AutoCloseable {
  /** Far more than any model writes in one answer; JSON takes up to 30 times its bytes. */
  private static final int MOST_ANSWER_BYTES =
      (int) Math.min(4L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 64);

  private final ChatCompletionsOptions options;
  private final CloseableHttpClient http;
  private final RestClient rest;

  public ChatCompletions(ChatCompletionsOptions options) {
    this.options = options;
    this.http =
        BoundedHttp.client(options.connectTimeout(), options.timeout(), options.maxConnections());
    RestClient.Builder builder =
        RestClient.builder()
            .requestFactory(new HttpComponentsClientHttpRequestFactory(http))
            .baseUrl(options.baseUrl().toString().replaceAll("/+$", ""));
    String key = options.apiKey();
    if (key != null && !key.isBlank()) {
      builder.defaultHeaders(headers -> headers.setBearerAuth(key));
    }
    this.rest = builder.build();
  }

  /** What an answer is to be. */
  public enum Format {
    TEXT,
    /** {@code response_format: json_object}; models put other text around it nevertheless. */
    JSON_OBJECT
  }

  /**
   * Asks the model.
   *
   * @return the text of its first choice, perhaps empty
   * @throws ChatCompletionException if there is none
   */
  public String complete(String system, String user, Format format) {
    try {
      return rest.post()
          .uri("/chat/completions")
          .contentType(MediaType.APPLICATION_JSON)
          .accept(MediaType.APPLICATION_JSON)
          .body(Json.MAPPER.writeValueAsBytes(request(system, user, format)))
          .exchangeForRequiredValue(
              (sent, response) -> {
                int status = response.getStatusCode().value();
                if (status != 200) {
                  BoundedBody.giveUp(response.getBody());
                  throw new ChatCompletionException(
                      Kind.ofStatus(status),
                      "the language model's server answered " + status,
                      null);
                }
                return text(
                    BoundedBody.read(response.getBody(), MOST_ANSWER_BYTES, options.timeout()));
              });
    } catch (ResourceAccessException e) {
      throw unanswered(e);
    }
  }

  private Map<String, Object> request(String system, String user, Format format) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", options.model());
    body.put("stream", false);
    if (format == Format.JSON_OBJECT) {
      body.put("response_format", Map.of("type", "json_object"));
    }
    body.put(
        "messages",
        List.of(
            Map.of("role", "system", "content", system), Map.of("role", "user", "content", user)));
    return body;
  }

  private static ChatCompletionException unanswered(ResourceAccessException e) {
    Throwable cause = e.getCause();
    if (cause instanceof BoundedBody.TooLongException) {
      return new ChatCompletionException(
          Kind.MALFORMED, "the language model's answer has " + cause.getMessage(), e);
    }
    return cause instanceof InterruptedIOException
        ? new ChatCompletionException(Kind.TIMEOUT, "the language model did not answer in time", e)
        : new ChatCompletionException(
            Kind.UNAVAILABLE, "the language model's server cannot be reached", e);
  }

  private static String text(byte[] answer) {
    JsonNode choice;
    try {
      choice = Json.MAPPER.readTree(answer).path("choices").path(0);
    } catch (JacksonException e) {
      // Without a cause: Jackson's message may quote the answer.
      throw new ChatCompletionException(
          Kind.MALFORMED, "the language model's server answered no JSON", null);
    }
    JsonNode content = choice.path("message").path("content");
    if (content.isString()) {
      return content.stringValue();
    }
    if (choice.path("message").path("refusal").isString()
        || choice.path("finish_reason").asString("").equals("content_filter")) {
      // It would say so again, each time for its price.
      throw new ChatCompletionException(
          Kind.BAD_REQUEST, "the language model refuses to answer this", null);
    }
    throw new ChatCompletionException(
        Kind.MALFORMED, "the language model's answer has no choices[0].message.content", null);
  }

  @Override
  public void close() {
    http.close(CloseMode.GRACEFUL);
  }
}
