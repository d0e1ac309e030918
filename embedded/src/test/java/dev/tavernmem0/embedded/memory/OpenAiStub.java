package dev.tavernmem0.embedded.memory;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;

/** A chat completion API that answers what it is told to. */
final class OpenAiStub implements AutoCloseable {
  private final HttpServer server;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Bodies of the calls, in order. */
  final List<JsonNode> calls = new CopyOnWriteArrayList<>();

  /** The bearer tokens of the calls. */
  final List<String> authorizations = new CopyOnWriteArrayList<>();

  private volatile int status = 200;
  private volatile String content = "{\"memory\":[]}";
  private volatile boolean hanging;
  private volatile CountDownLatch held = new CountDownLatch(0);
  private final Queue<Integer> nextStatuses = new ConcurrentLinkedQueue<>();

  OpenAiStub() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  void willSay(String text) {
    status = 200;
    content = text;
  }

  void willFail(int withStatus) {
    status = withStatus;
  }

  /** The next call alone; it counts when it is answered. */
  void willFailOnce(int withStatus) {
    nextStatuses.add(withStatus);
  }

  /** Answers nothing until {@link #release}. */
  void hold() {
    held = new CountDownLatch(1);
  }

  void release() {
    held.countDown();
  }

  void willHang() {
    hanging = true;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      calls.add(Json.MAPPER.readTree(exchange.getRequestBody().readAllBytes()));
      authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      if (hanging) {
        await(closed);
      }
      await(held);
      Integer next = nextStatuses.poll();
      var body = Json.MAPPER.createObjectNode();
      body.putArray("choices").addObject().putObject("message").put("content", content);
      byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(next == null ? status : next, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    release();
    server.stop(0);
  }
}
