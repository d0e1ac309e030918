package dev.tavernmem0.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A mem0 2.x whose adds take the same time each, and whose look-ups do. It remembers one fact of
 * each message, and of all that only the batches' ids, however many there are. Thread-safe.
 */
final class SteadyMem0 implements AutoCloseable {
  static {
    // Otherwise an answer's body waits for the acknowledgement of its head.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private static final Pattern PLACE = Pattern.compile("#(\\d+) ");
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  private final Duration add;
  private final Duration lookUp;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<String> batches = ConcurrentHashMap.newKeySet();
  private final AddLog adds = new AddLog();

  /**
   * Starts it.
   *
   * @param add what an add takes
   * @param lookUp what a look-up by id takes
   */
  SteadyMem0(Duration add, Duration lookUp) throws IOException {
    this.add = add;
    this.lookUp = lookUp;
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  AddLog adds() {
    return adds;
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] request = exchange.getRequestBody().readAllBytes();
    long arrived = System.nanoTime();
    String path = exchange.getRequestURI().getPath();
    byte[] body =
        switch (exchange.getRequestMethod() + " " + path) {
          case "GET /auth/setup-status" -> json(Map.of("needsSetup", false));
          case "POST /memories" -> add(Json.MAPPER.readTree(request), arrived);
          case "POST /search" -> search(Json.MAPPER.readTree(request));
          case "GET /memories" -> json(Map.of("results", List.of()));
          default -> path.startsWith("/memories/") ? memory(path.substring(10)) : NULL;
        };
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private byte[] add(JsonNode request, long arrived) {
    String batch = request.path("metadata").path("batch_id").asString();
    List<Integer> places = new ArrayList<>();
    for (JsonNode message : request.path("messages")) {
      Matcher place = PLACE.matcher(message.path("content").asString());
      if (place.find()) {
        places.add(Integer.valueOf(place.group(1)));
      }
    }
    AddLog.Begun begun =
        adds.begin(
            request.path("agent_id").asString(),
            request.path("metadata").path("chat_id").asString(),
            places,
            arrived);
    byte[] answer = json(Map.of("results", memories(batch, places.size())));
    pass(add.minusNanos(System.nanoTime() - arrived));
    batches.add(batch);
    adds.end(begun);
    return answer;
  }

  private byte[] search(JsonNode request) {
    String batch = request.path("filters").path("batch_id").asString("");
    return json(Map.of("results", batches.contains(batch) ? memories(batch, 1) : List.of()));
  }

  private static List<Map<String, Object>> memories(String batch, int count) {
    List<Map<String, Object>> memories = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      memories.add(
          Map.of(
              "id",
              batch + "-" + i,
              "memory",
              "A fact.",
              "event",
              "ADD",
              "metadata",
              Map.of("batch_id", batch)));
    }
    return memories;
  }

  private byte[] memory(String id) {
    pass(lookUp);
    String batch = id.substring(0, Math.max(0, id.lastIndexOf('-')));
    return batches.contains(batch) ? json(Map.of("id", id, "memory", "A fact.")) : NULL;
  }

  private static void pass(Duration time) {
    if (time.isZero() || time.isNegative()) {
      return;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] json(Object value) {
    return Json.MAPPER.writeValueAsBytes(value);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
