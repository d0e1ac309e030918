package dev.tavernmem0.retriever.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.retriever.it.RunningRetriever.Answer;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Who may call, what is refused and how, and what operators see. */
class HttpInterfaceIT {
  private static final String KEY = "a secret";
  private static final String ORIGIN = "http://st.example:8000";

  private static FaultyMem0Server mem0;
  private static RunningRetriever retriever;

  @BeforeAll
  static void start() {
    mem0 = FaultyMem0Server.start();
    mem0.put(StoredMemory.of("m1", "Alex lives in Prague", "alice", "Seraphina", Map.of()));
    retriever =
        RunningRetriever.start(
            mem0.url(),
            "tavern.retriever.warm-up=true",
            "tavern.access.api-key=" + KEY,
            "tavern.access.origins=" + ORIGIN,
            "tavern.limits.max-request-size=100KB");
  }

  @AfterAll
  static void stop() {
    retriever.close();
    mem0.close();
  }

  @Test
  void without_the_key_nobody_gets_at_memories() {
    String body = RunningRetriever.request("Where does Alex live?").toString();

    Answer none = retriever.post("/v1/retrieve", body);
    Answer wrong = retriever.post("/v1/retrieve", body, "X-API-Key", "guess");

    assertThat(none.status()).isEqualTo(401);
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(none.json().get("fix").stringValue()).contains("tavern.access.api-key");
    assertThat(retriever.get("/v1/memories?user_id=alice").status()).isEqualTo(401);
    assertThat(retriever.delete("/v1/memories/m1?user_id=alice").status()).isEqualTo(401);
    assertThat(retriever.get("/actuator/health").status()).isEqualTo(200);
  }

  @Test
  void silly_taverns_page_may_call_and_others_may_not() {
    Answer preflight =
        retriever.options(
            "/v1/retrieve",
            "Origin",
            ORIGIN,
            "Access-Control-Request-Method",
            "POST",
            "Access-Control-Request-Headers",
            "content-type,x-api-key");
    Answer stranger =
        retriever.options(
            "/v1/retrieve",
            "Origin",
            "http://evil.example",
            "Access-Control-Request-Method",
            "POST");
    Answer refused =
        retriever.post("/v1/retrieve", RunningRetriever.request("x").toString(), "Origin", ORIGIN);

    Answer health = retriever.get("/actuator/health", "Origin", ORIGIN);

    assertThat(health.headers()).containsKey("access-control-allow-origin");
    assertThat(preflight.status()).isEqualTo(200);
    assertThat(preflight.headers().get("access-control-allow-origin")).containsExactly(ORIGIN);
    assertThat(stranger.status()).isEqualTo(403);
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.headers()).containsKey("access-control-allow-origin");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{}|422|user_id|null",
        "{'user_id':''}|422|user_id|",
        "{'user_id':'a'}|422|agent_id|null",
        "{'user_id':'a','agent_id':'b'}|422|messages|null",
        "{'user_id':'a','agent_id':'b','messages':'hi'}|422|messages|STRING",
        "{'user_id':'a','agent_id':'b','messages':['hi']}|422|messages[0]|STRING",
        "{'user_id':'a','agent_id':'b','messages':[],'limit':0}|422|limit|0",
        "{'user_id':'a','agent_id':'b','messages':[],'max_chars':-5}|422|max_chars|-5",
        "{'user_id':'a','agent_id':'b','messages':[],'deadline_ms':9999999}|422|deadline_ms|9999999",
        "{'user_id':'a','agent_id':'b','messages':[],'template':'no place'}|422|template|no place",
        "{'user_id':'a','agent_id':'b','messages':[],'limit':'five'}|400|limit|five",
        "{'user_id':'a','agent_id':'b','messages':[],'limit':99999999999}|400|limit|",
        "{'user_id':'a','agent_id':'b','messages':[],'include_context':'maybe'}|400|include_context|maybe",
        "{'user_id':'a','agent_id':'b','messages':[],'group_members':'c'}|400|group_members|",
        "{'user_id':'a','agent_id':'b','messages':[],'group_members':[{}]}|400|group_members[0]|",
        "{'user_id':{},'agent_id':'b','messages':[]}|400|user_id|",
        "{'user_id':'a','agent_id':'b','messages':[|400|messages|",
        "[]|400|body|"
      })
  void a_malformed_request_is_refused_with_field_value_and_fix(
      String body, int status, String field, String value) {
    Answer answer = retriever.post("/v1/inject", body.replace('\'', '"'), "X-API-Key", KEY);

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.headers().get("content-type")).containsExactly("application/problem+json");
    assertThat(answer.json().get("field").stringValue()).isEqualTo(field);
    assertThat(answer.json().get("value").stringValue()).isEqualTo(value == null ? "" : value);
    assertThat(answer.json().get("fix").stringValue()).isNotBlank();
    assertThat(answer.json().get("trace_id").stringValue()).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(strings = {"user_id", "agent_id", "group_id"})
  void a_name_that_no_file_can_have_is_refused(String field) {
    ObjectNode request = RunningRetriever.request("Where does Alex live?");
    request.put(field, "龙".repeat(501));

    Answer answer = retriever.post("/v1/retrieve", request.toString(), "X-API-Key", KEY);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().get("field").stringValue()).isEqualTo(field);
    assertThat(answer.json().get("value").stringValue()).hasSizeLessThan(200);
    assertThat(answer.json().get("fix").stringValue()).contains("500");
  }

  @Test
  void a_request_that_is_too_large_is_refused() {
    String body = RunningRetriever.request("x".repeat(200_000)).toString();

    Answer answer = retriever.post("/v1/retrieve", body, "X-API-Key", KEY);

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().get("field").stringValue()).isEqualTo("body");
    assertThat(answer.json().get("value").stringValue()).contains("102400 bytes");
    assertThat(answer.json().get("fix").stringValue()).contains("max-request-size");
  }

  @Test
  void what_does_not_exist_is_aproblem_too() {
    assertThat(retriever.get("/v1/nothing", "X-API-Key", KEY).status()).isEqualTo(404);
    assertThat(retriever.get("/v1/retrieve", "X-API-Key", KEY).status()).isEqualTo(405);
    assertThat(retriever.get("/v1/nothing", "X-API-Key", KEY).headers().get("content-type"))
        .containsExactly("application/problem+json");
  }

  @Test
  void the_callers_trace_id_comes_back() {
    String body = RunningRetriever.request("Where does Alex live?").toString();
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    Answer named = retriever.post("/v1/retrieve", body, "X-API-Key", KEY, "X-Request-Id", "req-7");
    Answer traced =
        retriever.post(
            "/v1/retrieve",
            body,
            "X-API-Key",
            KEY,
            "traceparent",
            "00-" + trace + "-00f067aa0ba902b7-01");
    Answer odd =
        retriever.post("/v1/retrieve", body, "X-API-Key", KEY, "X-Request-Id", "a b<script>");

    assertThat(named.json().get("trace_id").stringValue()).isEqualTo("req-7");
    assertThat(named.headers().get("x-request-id")).containsExactly("req-7");
    assertThat(traced.json().get("trace_id").stringValue()).isEqualTo(trace);
    assertThat(odd.json().get("trace_id").stringValue()).doesNotContain("script");
  }

  @Test
  void operators_see_health_and_metrics() {
    ObjectNode request = RunningRetriever.request("Where does Alex live?");
    retriever.post("/v1/retrieve", request.toString(), "X-API-Key", KEY);

    Answer health = retriever.get("/actuator/health", "X-API-Key", KEY);
    String metrics = retriever.get("/actuator/prometheus", "X-API-Key", KEY).text();

    assertThat(health.json().get("status").stringValue()).isEqualTo("UP");
    assertThat(health.json().at("/components/mem0/details/mem0").stringValue())
        .isEqualTo("enabled");
    assertThat(retriever.get("/actuator/health/readiness").status()).isEqualTo(200);
    assertThat(metrics)
        .contains("tavern_retriever_stage_seconds_bucket")
        .contains("outcome=\"hit\"")
        .contains("tavern_retriever_degraded_total{reason=\"mem0_timeout\"")
        .contains("tavern_retriever_memories_sum")
        .contains("cache_gets_total{cache=\"searches\"")
        .contains("resilience4j_circuitbreaker_state")
        .contains("resilience4j_bulkhead_thread_pool_size");
  }

  @Test
  void the_first_request_after_the_start_is_warm() {
    // The warm-up has searched, and for nobody who exists.
    assertThat(mem0.calls().stream().filter(call -> call.text().contains("warm-up")))
        .isNotEmpty()
        .allSatisfy(call -> assertThat(call.text()).contains("tavern-mem0-warm-up"));
  }
}
