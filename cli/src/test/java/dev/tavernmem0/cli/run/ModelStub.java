package dev.tavernmem0.cli.run;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A language model that remembers every message word for word, and refuses what is unspeakable. */
final class ModelStub implements AutoCloseable {
  private static final String REFUSED = "unspeakable";

  private final HttpServer server;
  private final List<String> told = new CopyOnWriteArrayList<>();

  ModelStub() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  /** Has {@code run} extract memories with it. */
  Map<String, String> environment() {
    return Map.of(
        "TAVERN_MEMORY_SERVER_LLM_BASE_URL",
        "http://127.0.0.1:" + server.getAddress().getPort() + "/v1",
        "TAVERN_MEMORY_SERVER_LLM_MODEL",
        "stub");
  }

  /** The messages of each call, in their order. */
  List<String> told() {
    return List.copyOf(told);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      List<String> messages = messages(exchange);
      told.add(String.join("\n", messages));
      boolean refused = messages.stream().anyMatch(message -> message.contains(REFUSED));
      byte[] answer = refused ? refusal() : memories(messages);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(refused ? 400 : 200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private static List<String> messages(HttpExchange exchange) throws IOException {
    JsonNode call = Json.MAPPER.readTree(exchange.getRequestBody().readAllBytes());
    List<String> messages = new ArrayList<>();
    for (JsonNode said : call.path("messages")) {
      if (said.path("role").asString("").equals("user")) {
        Json.MAPPER
            .readTree(said.path("content").asString(""))
            .path("new_messages")
            .forEach(message -> messages.add(message.path("content").asString("")));
      }
    }
    return messages;
  }

  private static byte[] refusal() {
    return "{\"error\":{\"message\":\"refused\",\"type\":\"invalid_request_error\"}}"
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] memories(List<String> messages) {
    ObjectNode content = Json.MAPPER.createObjectNode();
    ArrayNode memories = content.putArray("memory");
    messages.forEach(
        message -> memories.addObject().put("id", "" + memories.size()).put("text", message));
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.putArray("choices").addObject().putObject("message").put("content", content.toString());
    return Json.MAPPER.writeValueAsBytes(body);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
