package dev.tavernmem0.cli.operate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** All services at one address, with the answers that a test gives them. */
public final class ServiceStub implements AutoCloseable {
  static {
    // Otherwise each answer waits 40 ms, for the last packet of the one before.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  private record Answer(int status, String type, String body, Map<String, String> headers) {}

  /** What was asked. */
  public record Request(String asked, String key, String body) {}

  public ServiceStub() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /**
   * Answers from now on.
   *
   * @param asked method and path, with its query as it is sent
   * @param body a record of a service's, or JSON
   */
  public ServiceStub answer(String asked, Object body) {
    return answer(asked, 200, "application/json", json(body));
  }

  public ServiceStub refuse(String asked, int status, String type, String title, String detail) {
    String problem =
        Json.MAPPER.writeValueAsString(
            Map.of(
                "type",
                "urn:tavern-mem0:problem:" + type,
                "title",
                title,
                "status",
                status,
                "detail",
                detail,
                "fix",
                "do as the service says"));
    return answer(asked, status, "application/problem+json", problem);
  }

  public ServiceStub answer(String asked, int status, String type, String body) {
    answers.put(asked, new Answer(status, type, body, Map.of()));
    return this;
  }

  /** Answers with a chat file and what is told of it in headers. */
  void file(String asked, String body, Map<String, String> headers) {
    answers.put(asked, new Answer(200, "application/jsonl", body, headers));
  }

  public List<Request> requests() {
    return requests;
  }

  public List<String> asked() {
    return requests.stream().map(Request::asked).toList();
  }

  private static String json(Object body) {
    return body instanceof String text ? text : Json.MAPPER.writeValueAsString(body);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String asked = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    requests.add(
        new Request(
            asked,
            exchange.getRequestHeaders().getFirst("X-API-Key"),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    Answer answer =
        answers.getOrDefault(asked, new Answer(404, "text/html", "<h1>404</h1>", Map.of()));
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", answer.type());
    answer.headers().forEach(exchange.getResponseHeaders()::add);
    if (answer.status() / 100 == 3) {
      exchange.getResponseHeaders().add("Location", url() + "/elsewhere");
    }
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
