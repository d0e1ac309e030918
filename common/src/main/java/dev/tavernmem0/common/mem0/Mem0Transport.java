package dev.tavernmem0.common.mem0;

import dev.tavernmem0.common.http.BoundedBody;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.databind.JsonNode;

/**
 * HTTP to mem0: RestClient over Apache HttpClient 5, HTTP/1.1, with nothing that the caller does
 * not see (no retries, redirects, cookies or compression). Thread-safe.
 */
final class Mem0Transport implements AutoCloseable {
  /** uvicorn closes an idle connection after 5 s; ours must go first. */
  private static final TimeValue KEEP_ALIVE = TimeValue.ofSeconds(4);

  private static final TimeValue VALIDATE_AFTER = TimeValue.ofMilliseconds(500);

  /** JSON takes up to 30 times its bytes when it is read; a thousand memories are some 2 MB. */
  private static final int MAX_ANSWER_BYTES =
      (int) Math.min(32L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 64);

  private final CloseableHttpClient http;
  private final RestClient rest;
  private final String baseUrl;
  private final Duration responseTimeout;

  Mem0Transport(Mem0ClientOptions options) {
    Timeout connect = Timeout.of(options.connectTimeout());
    this.http =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setMaxConnTotal(options.maxConnections())
                    .setMaxConnPerRoute(options.maxConnections())
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(connect)
                            .setSocketTimeout(Timeout.of(options.responseTimeout()))
                            .setValidateAfterInactivity(VALIDATE_AFTER)
                            .build())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(connect)
                    .setResponseTimeout(Timeout.of(options.responseTimeout()))
                    .setProtocolUpgradeEnabled(false)
                    .build())
            .setKeepAliveStrategy((response, context) -> KEEP_ALIVE)
            .evictIdleConnections(KEEP_ALIVE)
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableContentCompression()
            .disableAuthCaching()
            .build();
    this.responseTimeout = options.responseTimeout();
    this.baseUrl = options.baseUrl().toString().replaceAll("/+$", "");
    RestClient.Builder builder =
        RestClient.builder().requestFactory(new HttpComponentsClientHttpRequestFactory(http));
    if (options.apiKey() != null && !options.apiKey().isBlank()) {
      builder.defaultHeader("X-API-Key", options.apiKey());
    }
    this.rest = builder.build();
  }

  /** An answer with a 2xx status and a JSON body. */
  record Answer(int status, JsonNode body) {}

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
      @Nullable Object body) {
    UriComponentsBuilder uri = UriComponentsBuilder.fromUriString(baseUrl + operation.path());
    query.keySet().forEach(name -> uri.queryParam(name, "{" + name + "}"));
    Map<String, String> variables = new java.util.HashMap<>(query);
    variables.putAll(path);
    URI target = uri.encode().buildAndExpand(variables).toUri();
    RestClient.RequestBodySpec request =
        rest.method(operation.method()).uri(target).accept(MediaType.APPLICATION_JSON);
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
      return BoundedBody.read(body, MAX_ANSWER_BYTES, responseTimeout);
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
