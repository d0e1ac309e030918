package dev.tavernmem0.retriever.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.retriever.it.RunningRetriever.Answer;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A generation never fails and never waits longer than agreed, whatever mem0 does. */
class Mem0FailureIT {
  private static final Duration DEADLINE = Duration.ofMillis(600);

  /** What HTTP and a busy machine may add to the retriever's own time. */
  private static final Duration TOLERANCE = Duration.ofMillis(900);

  private static FaultyMem0Server mem0;
  private static RunningRetriever retriever;

  @BeforeAll
  static void start() {
    mem0 = FaultyMem0Server.start();
    retriever =
        RunningRetriever.start(
            mem0.url(),
            "mem0.timeout-ms=" + DEADLINE.toMillis(),
            "tavern.retriever.stages.last-message.timeout=450ms",
            "tavern.retriever.circuit.minimum-calls=1000",
            "tavern.retriever.circuit.window=1000");
    // The first request loads classes; what follows is about mem0.
    retriever.retrieve("warm up");
  }

  @AfterAll
  static void stop() {
    retriever.close();
    mem0.close();
  }

  @BeforeEach
  void freshMem0() {
    mem0.comeBack();
    mem0.reset();
    mem0.put(StoredMemory.of("m1", "Alex lives in Prague", "alice", "Seraphina", Map.of()));
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of("never answers", Fault.neverAnswer(), "mem0_timeout"),
        Arguments.of("is slow", Fault.delay(Duration.ofSeconds(3)), "mem0_timeout"),
        Arguments.of("resets", Fault.resetBefore(), "mem0_unavailable"),
        Arguments.of("resets late", Fault.resetAfter(), "mem0_unavailable"),
        Arguments.of("answers 500", Fault.status(500), "mem0_unavailable"),
        Arguments.of("answers 503", Fault.status(503), "mem0_unavailable"),
        Arguments.of(
            "has no provider", Fault.upstreamError("provider_unavailable"), "mem0_unavailable"),
        Arguments.of(
            "has no valid provider key", Fault.upstreamError("provider_auth_failed"), "mem0_auth"),
        Arguments.of("answers 401", Fault.status(401), "mem0_auth"),
        Arguments.of("answers 403", Fault.status(403), "mem0_auth"),
        Arguments.of("answers 400", Fault.status(400), "mem0_refused"),
        Arguments.of("answers 422", Fault.status(422), "mem0_refused"),
        Arguments.of("answers garbage", Fault.garbage(), "bad_answer"),
        Arguments.of("answers a web page", Fault.htmlPage(), "bad_answer"),
        Arguments.of("answers something else", Fault.respond(200, "{\"ok\":true}"), "bad_answer"),
        Arguments.of("answers null", Fault.respond(200, "null"), "bad_answer"),
        Arguments.of(
            "answers strange results", Fault.respond(200, "{\"results\":[7]}"), "bad_answer"));
  }

  @ParameterizedTest(name = "mem0 {0}")
  @MethodSource("faults")
  void the_messages_come_back_unchanged_in_time_with_the_reason(
      String name, Fault fault, String degraded) {
    mem0.on(Calls.search()).always(fault);
    ObjectNode request = RunningRetriever.request("Where does Alex live? " + name);
    ((ArrayNode) request.get("messages"))
        .insertObject(0)
        .put("role", "system")
        .put("content", "You are Seraphina.");

    Answer answer = retriever.post("/v1/inject", request.toString());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.took()).isLessThan(DEADLINE.plus(TOLERANCE));
    assertThat(answer.json().get("timings_ms").get("total").doubleValue())
        .isLessThan(DEADLINE.toMillis() + 200.0);
    assertThat(answer.json().get("messages")).isEqualTo(request.get("messages"));
    assertThat(answer.json().get("degraded").stringValue()).isEqualTo(degraded);
    assertThat(answer.json().get("applied").booleanValue()).isFalse();
    assertThat(answer.json().get("memories")).isEmpty();
    assertThat(answer.json().get("block").stringValue()).isEmpty();
  }

  @Test
  void a_truncated_answer_is_no_answer() {
    mem0.on(Calls.search()).always(Fault.truncatedBody());

    Answer answer = retriever.retrieve("Where does Alex live now?");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("degraded").stringValue()).isIn("mem0_unavailable", "bad_answer");
  }

  @Test
  void mem0_is_down_and_comes_back() {
    mem0.goDown();

    Answer down = retriever.retrieve("Where does Alex live today?");
    mem0.comeBack();
    Answer back = retriever.retrieve("Where does Alex live today?");

    assertThat(down.status()).isEqualTo(200);
    assertThat(down.json().get("degraded").stringValue()).isEqualTo("mem0_unavailable");
    assertThat(down.took()).isLessThan(DEADLINE.plus(TOLERANCE));
    assertThat(back.json().get("degraded").isNull()).isTrue();
    assertThat(back.json().get("memories")).hasSize(1);
  }

  @Test
  void a_passing_failure_is_tried_again() {
    mem0.on(Calls.search()).once(Fault.resetBefore());

    Answer answer = retriever.retrieve("In which city does Alex live?");

    assertThat(answer.json().get("degraded").isNull()).isTrue();
    assertThat(answer.json().get("memories")).hasSize(1);
    assertThat(mem0.calls(Calls.search())).hasSize(2);
  }

  @Test
  void a_failure_is_not_answered_from_the_cache_afterwards() {
    mem0.on(Calls.search()).times(2, Fault.status(503));

    assertThat(retriever.retrieve("Does Alex live in Prague?").json().get("memories")).isEmpty();
    assertThat(retriever.retrieve("Does Alex live in Prague?").json().get("memories")).hasSize(1);
  }

  @Test
  void the_callers_deadline_holds() {
    mem0.on(Calls.search()).always(Fault.delay(Duration.ofMillis(400)));
    ObjectNode request = RunningRetriever.request("Since when does Alex live there?");
    request.put("deadline_ms", 100);

    Answer answer = retriever.post("/v1/retrieve", request.toString());

    assertThat(answer.json().get("degraded").stringValue()).isEqualTo("mem0_timeout");
    assertThat(answer.json().get("timings_ms").get("total").doubleValue()).isLessThan(300);
  }

  @Test
  void a_search_that_came_too_late_serves_the_next_swipe() {
    mem0.on(Calls.search()).once(Fault.delay(Duration.ofMillis(250)));
    ObjectNode request = RunningRetriever.request("Is Prague where Alex lives?");
    request.put("deadline_ms", 100);

    Answer tooLate = retriever.post("/v1/retrieve", request.toString());
    assertThat(tooLate.json().get("degraded").stringValue()).isEqualTo("mem0_timeout");

    await()
        .untilAsserted(
            () ->
                assertThat(
                        retriever.post("/v1/retrieve", request.toString()).json().get("memories"))
                    .hasSize(1));
    assertThat(mem0.calls(Calls.search())).hasSize(1);
  }

  @Test
  void memories_that_mem0_returns_of_somebody_else_or_of_nobody_are_left_out() {
    mem0.on(Calls.search())
        .always(
            Fault.respond(
                200,
                """
                {"results":[
                  {"id":"a","memory":"of bob","user_id":"bob","agent_id":"Seraphina","score":0.9},
                  {"id":"b","memory":"of Carol","user_id":"alice","agent_id":"Carol","score":0.9},
                  {"id":"d","memory":"of nobody","score":0.9},
                  {"id":"e","memory":"of no character","user_id":"alice","score":0.9},
                  {"id":"c","memory":"of alice","user_id":"alice","agent_id":"Seraphina","score":0.9}]}"""));

    Answer answer = retriever.retrieve("What does mem0 say when it has lost its filters?");

    assertThat(answer.json().get("memories")).hasSize(1);
    assertThat(answer.json().get("block").stringValue()).endsWith("- of alice");
  }
}
