package dev.tavernmem0.common.mem0;

import dev.tavernmem0.common.http.BoundedBody;
import dev.tavernmem0.common.http.BoundedHttp;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.databind.JsonNode;

/** HTTP to mem0: RestClient over a client of {@link BoundedHttp}. Thread-safe. */
final class Mem0Transport implements AutoCloseable {
  /** JSON takes up to 30 times its bytes when it is read; a thousand memories are some 2 MB. */
  private static final int MAX_ANSWER_BYTES =
      (int) Math.min(32L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 64);

  private final CloseableHttpClient http;
  private final RestClient rest;
  private final RestClient reads;
  private final String baseUrl;
  private final Duration responseTimeout;
  private final Duration readTimeout;

  /**
   * Opens no connection yet.
   *
   * @param longestRead as the response timeout, for what asks no model, if that is shorter
   */
  Mem0Transport(Mem0ClientOptions options, Duration longestRead) {
    this.http =
        BoundedHttp.client(
            options.connectTimeout(), options.responseTimeout(), options.maxConnections());
    this.responseTimeout = options.responseTimeout();
    this.baseUrl = options.baseUrl().toString().replaceAll("/+$", "");
    this.rest = rest(options, responseTimeout);
    this.readTimeout = responseTimeout.compareTo(longestRead) < 0 ? responseTimeout : longestRead;
    this.reads = rest(options, readTimeout);
  }

  private RestClient rest(Mem0ClientOptions options, Duration timeout) {
    var requests = new HttpComponentsClientHttpRequestFactory(http);
    requests.setReadTimeout(timeout);
    RestClient.Builder builder = RestClient.builder().requestFactory(requests);
    if (options.apiKey() != null && !options.apiKey().isBlank()) {
      builder.defaultHeader("X-API-Key", options.apiKey());
    }
    return builder.build();
  }

  /** An answer with a 2xx status and a JSON body. */
  record Answer(int status, JsonNode body) {}

  /** Carries out a call without headers of its own. */
  Answer call(
      Operation operation,
      Map<String, String> path,
      Map<String, String> query,
      @Nullable Object body) {
    return call(operation, path, query, Map.of(), body);
  }

  /**
   * Carries out a call.
   *
   * @param path values for the path's variables
   * @param query parameters; encoded here
   * @param body sent as JSON; null for none
   * @throws Mem0Exception for everything but a 2xx answer with a JSON body
   */
  Answer call(
      Operation operation,
      Map<String, String> path,
      Map<String, String> query,
      Map<String, String> headers,
      @Nullable Object body) {
    UriComponentsBuilder uri = UriComponentsBuilder.fromUriString(baseUrl + operation.path());
    query.keySet().forEach(name -> uri.queryParam(name, "{" + name + "}"));
    Map<String, String> variables = new java.util.HashMap<>(query);
    variables.putAll(path);
    URI target = uri.encode().buildAndExpand(variables).toUri();
    RestClient.RequestBodySpec request =
        (operation.isPlainRead() ? reads : rest)
            .method(operation.method())
            .uri(target)
            .accept(MediaType.APPLICATION_JSON);
    headers.forEach(request::header);
    if (body != null) {
      request.contentType(MediaType.APPLICATION_JSON).body(Mem0Json.write(body));
    }
    try {
      return request.exchangeForRequiredValue(
          (sent, response) -> {
            int status = response.getStatusCode().value();
            byte[] bytes = body(operation, status, response.getBody());
            if (status < 200 || status > 299) {
              throw Mem0Errors.ofStatus(operation, status, bytes);
            }
            try {
              return new Answer(status, Mem0Json.read(bytes));
            } catch (tools.jackson.core.JacksonException e) {
              throw Mem0Errors.ofMalformedAnswer(operation, status, e);
            }
          });
    } catch (ResourceAccessException e) {
      IOException cause =
          e.getCause() instanceof IOException io ? io : new IOException(e.getMessage(), e);
      throw Mem0Errors.ofFailure(operation, cause);
    }
  }

  private byte[] body(Operation operation, int status, InputStream body) throws IOException {
    try {
      return BoundedBody.read(
          body, MAX_ANSWER_BYTES, operation.isPlainRead() ? readTimeout : responseTimeout);
    } catch (BoundedBody.TooLongException e) {
      throw Mem0Errors.ofMalformedAnswer(
          operation,
          status,
          new Mem0Json.MalformedAnswerException("more than " + MAX_ANSWER_BYTES + " bytes"));
    }
  }

  @Override
  public void close() {
    http.close(org.apache.hc.core5.io.CloseMode.GRACEFUL);
  }
}
