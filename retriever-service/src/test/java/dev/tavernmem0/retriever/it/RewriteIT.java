package dev.tavernmem0.retriever.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The rewrite by a language model: the last resort, and never in the way. */
class RewriteIT {
  private static FaultyMem0Server mem0;
  private static HttpServer model;
  private static RunningRetriever retriever;

  private static final List<JsonNode> asked = new CopyOnWriteArrayList<>();
  private static final List<String> keys = new CopyOnWriteArrayList<>();
  private static volatile int status;
  private static volatile String answer;
  private static volatile CountDownLatch hold;

  @BeforeAll
  static void start() throws IOException {
    mem0 = FaultyMem0Server.start();
    model = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    model.setExecutor(Executors.newCachedThreadPool());
    model.createContext(
        "/v1/chat/completions",
        exchange -> {
          asked.add(RunningRetriever.JSON.readTree(exchange.getRequestBody()));
          keys.add(exchange.getRequestHeaders().getFirst("Authorization"));
          try {
            if (!hold.await(10, TimeUnit.SECONDS)) {
              throw new IOException("held too long");
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    model.start();
    retriever =
        RunningRetriever.start(
            mem0.url(),
            "mem0.timeout-ms=1500",
            "mem0.query-enhancement.rewrite-base-url=http://127.0.0.1:"
                + model.getAddress().getPort()
                + "/v1/",
            "mem0.query-enhancement.rewrite-model=small",
            "mem0.query-enhancement.rewrite-api-key=sk-test",
            "mem0.query-enhancement.rewrite-timeout-ms=500",
            "tavern.retriever.circuit.minimum-calls=1000",
            "tavern.retriever.circuit.window=1000",
            "tavern.retriever.cache.max-size=0");
    retriever.retrieve("warm up");
  }

  @AfterAll
  static void stop() {
    retriever.close();
    model.stop(0);
    mem0.close();
  }

  @BeforeEach
  void fresh() {
    mem0.reset();
    mem0.put(StoredMemory.of("m1", "艾丽住在布拉格", "alice", "Seraphina", Map.of()));
    asked.clear();
    keys.clear();
    hold = new CountDownLatch(0);
    answers("艾丽住在哪里");
  }

  @Test
  void the_model_is_asked_when_nothing_else_found_anything() {
    JsonNode response = retrieve(request().put("mem0_query_rewrite_prompt", "Rewrite, please."));

    assertThat(response.get("query").toString()).isEqualTo("{\"stage\":3,\"text\":\"艾丽住在哪里\"}");
    assertThat(response.get("memories").get(0).get("stage").intValue()).isEqualTo(3);
    assertThat(response.get("timings_ms").get("rewrite").isNumber()).isTrue();
    assertThat(keys).containsExactly("Bearer sk-test");
    assertThat(asked).hasSize(1);
    assertThat(asked.get(0).get("model").stringValue()).isEqualTo("small");
    assertThat(asked.get(0).at("/messages/0/content").stringValue()).isEqualTo("Rewrite, please.");
    assertThat(RunningRetriever.JSON.readTree(asked.get(0).at("/messages/1/content").stringValue()))
        .isEqualTo(
            RunningRetriever.JSON.readTree(
                """
                {"user_name":"Alex","char_name":"Seraphina","user_question":"Remember Ellie?",
                 "recent_conversation":["Seraphina: Hello there."]}"""));
  }

  @Test
  void it_is_off_unless_the_request_switches_it_on() {
    ObjectNode request = request();
    request.remove("mem0_query_rewrite_enabled");

    assertThat(retrieve(request).get("memories")).isEmpty();
    assertThat(asked).isEmpty();
  }

  @Test
  void the_configured_prompt_is_used_where_the_request_brings_none() {
    retrieve(request());

    assertThat(asked.get(0).at("/messages/0/content").stringValue()).contains("user_question");
  }

  @Test
  void a_model_that_does_not_answer_is_given_up_in_time() {
    hold = new CountDownLatch(1);

    RunningRetriever.Answer response = retriever.post("/v1/retrieve", request().toString());

    hold.countDown();
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.json().get("degraded").stringValue()).isEqualTo("rewrite_timeout");
    assertThat(response.took()).isLessThan(Duration.ofMillis(2500));
  }

  @Test
  void a_model_that_fails_or_talks_nonsense_is_named() {
    status = 401;
    assertThat(retrieve(request()).get("degraded").stringValue()).isEqualTo("rewrite_failed");
    status = 500;
    assertThat(retrieve(request()).get("degraded").stringValue()).isEqualTo("rewrite_failed");
    status = 200;
    answer = "<html>";
    assertThat(retrieve(request()).get("degraded").stringValue()).isEqualTo("rewrite_failed");
    answer = "{\"choices\":[]}";
    assertThat(retrieve(request()).get("degraded").stringValue()).isEqualTo("rewrite_failed");
  }

  @Test
  void a_model_that_finds_no_query_ends_the_search_without_fault() {
    answers("None");

    JsonNode response = retrieve(request());

    assertThat(response.get("degraded").isNull()).isTrue();
    assertThat(response.get("query").get("stage").intValue()).isEqualTo(2);
    assertThat(mem0.calls(Calls.search())).hasSize(2);
  }

  @Test
  void without_amodel_the_request_is_told_so() {
    try (RunningRetriever plain =
        RunningRetriever.start(mem0.url(), "mem0.query-enhancement.rewrite-base-url=")) {
      JsonNode response = plain.post("/v1/retrieve", request().toString()).json();

      assertThat(response.get("degraded").stringValue()).isEqualTo("rewrite_not_configured");
    }
  }

  private static void answers(String query) {
    status = 200;
    ObjectNode body = RunningRetriever.JSON.createObjectNode();
    body.putArray("choices").addObject().putObject("message").put("content", query);
    answer = body.toString();
  }

  private static ObjectNode request() {
    ObjectNode request = RunningRetriever.request("Remember Ellie?");
    request
        .put("user_name", "Alex")
        .put("char_name", "Seraphina")
        .put("mem0_query_rewrite_enabled", true);
    ((ArrayNode) request.get("messages"))
        .insertObject(0)
        .put("role", "assistant")
        .put("content", "Hello there.");
    return request;
  }

  private static JsonNode retrieve(ObjectNode request) {
    return retriever.post("/v1/retrieve", request.toString()).json();
  }
}
