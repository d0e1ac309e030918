package dev.tavernmem0.retriever.it;

import dev.tavernmem0.retriever.RetrieverApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The real service on a free port, spoken to over HTTP. */
final class RunningRetriever implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private final ConfigurableApplicationContext context;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI url;

  private RunningRetriever(ConfigurableApplicationContext context) {
    this.context = context;
    int port = ((WebServerApplicationContext) context).getWebServer().getPort();
    this.url = URI.create("http://127.0.0.1:" + port);
  }

  /** An answer of the service. */
  record Answer(int status, Map<String, List<String>> headers, String text, Duration took) {
    JsonNode json() {
      return JSON.readTree(text);
    }
  }

  /** Starts without Kafka, against this mem0; {@code settings} are {@code key=value}. */
  static RunningRetriever start(URI mem0, String... settings) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("server.port", "0");
    all.put("mem0.base-url", mem0.toString());
    all.put("mem0.api-version", "v2");
    all.put("tavern.retriever.warm-up", "false");
    all.put("tavern.retriever.ledger.enabled", "false");
    all.put("tavern.retriever.min-score", "0.2");
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      all.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    String[] arguments =
        all.entrySet().stream()
            .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
            .toArray(String[]::new);
    return new RunningRetriever(RetrieverApplication.builder().run(arguments));
  }

  URI url() {
    return url;
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** A request of alice's chat with Seraphina that ends in this question. */
  static ObjectNode request(String question) {
    ObjectNode request = JSON.createObjectNode();
    request.put("user_id", "alice").put("agent_id", "Seraphina");
    request.putArray("messages").addObject().put("role", "user").put("content", question);
    return request;
  }

  Answer retrieve(String question) {
    return post("/v1/retrieve", request(question).toString());
  }

  Answer post(String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    return send(withHeaders(request, headers));
  }

  Answer put(String path, String body) {
    return send(
        HttpRequest.newBuilder(url.resolve(path))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body)));
  }

  Answer get(String path, String... headers) {
    return send(withHeaders(HttpRequest.newBuilder(url.resolve(path)).GET(), headers));
  }

  Answer delete(String path) {
    return send(HttpRequest.newBuilder(url.resolve(path)).DELETE());
  }

  Answer options(String path, String... headers) {
    return send(
        withHeaders(
            HttpRequest.newBuilder(url.resolve(path))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()),
            headers));
  }

  private static HttpRequest.Builder withHeaders(HttpRequest.Builder request, String... headers) {
    return headers.length == 0 ? request : request.headers(headers);
  }

  private Answer send(HttpRequest.Builder request) {
    long start = System.nanoTime();
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.headers().map(),
          response.body(),
          Duration.ofNanos(System.nanoTime() - start));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
