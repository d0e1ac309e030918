package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import tools.jackson.databind.JsonNode;

/** An operator's pause: mem0 is left alone, and nothing is lost. */
class PauseIT extends WriterFixture {
  private static final Duration A_WHILE = Duration.ofMillis(1500);

  private int adds() {
    return mem0.calls(Calls.add()).size();
  }

  @Test
  void without_kafka_a_pause_is_refused_because_it_would_not_last() {
    try (WriterUnderTest writer =
        WriterUnderTest.start(WriterUnderTest.quick("127.0.0.1:1", mem0.url()))) {
      JsonNode problem = new Api(writer).problem("POST", "/v1/pause", 503);

      assertThat(problem.path("detail").asString()).contains("not connected to Kafka");
    }
  }

  @Test
  void what_fails_is_not_tried_again_before_the_pause_ends() {
    mem0.on(Calls.add()).always(Fault.upstreamError("vector_store_unavailable"));
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
      await().atMost(SOON).until(() -> adds() >= 1);
      Api api = new Api(writer);

      api.call("POST", "/v1/pause", 200);

      await().atMost(SOON).until(() -> writer.status().inFlight() == 0);
      int calls = mem0.calls().size();
      mem0.heal();
      await().during(A_WHILE).atMost(SOON).until(() -> mem0.calls().size() == calls);
      assertThat(api.get("/v1/status").path("paused_by").asString()).isEqualTo("operator");

      api.call("POST", "/v1/resume", 200);

      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
      assertThat(memoriesOf("Prague")).isEqualTo(1);
    }
  }

  @Test
  void calls_under_way_come_to_their_end_and_no_other_is_begun() {
    Map<String, String> settings = settings();
    settings.put("mem0.max-concurrency", "1");
    settings.put("mem0.write-timeout-ms", "30000");
    mem0.on(Calls.add()).always(Fault.delay(Duration.ofSeconds(1)));
    for (int c = 0; c < 3; c++) {
      watcher.chat("default-user:" + c, "Character " + c).user("I am chat " + c + ".");
    }
    watcher.flush();
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      await().atMost(SOON).until(() -> adds() == 1);
      Api api = new Api(writer);

      JsonNode status = api.call("POST", "/v1/pause", 200);

      assertThat(status.path("paused_by").asString()).isEqualTo("operator");
      await().atMost(SOON).until(() -> writer.status().inFlight() == 0);
      assertThat(adds()).isEqualTo(1);
      assertThat(turnsByFate()).containsEntry(Fate.WRITTEN, 1L);

      watcher.chat("default-user:late", "Late").user("I am late.");
      // Those that were begun before are not counted among what waits.
      await().atMost(SOON).until(() -> writer.status().pendingTurns() == 1);
      assertThat(api.call("POST", "/v1/pause", 200).path("paused_by").asString())
          .isEqualTo("operator");
      await().during(A_WHILE).atMost(SOON).until(() -> adds() == 1);
      Health health = writer.bean(WriterHealthIndicator.class).health();
      assertThat(health.getStatus()).isEqualTo(Status.UP);
      assertThat(health.getDetails())
          .containsEntry("paused_by", "operator")
          .containsEntry("fix", "POST /v1/resume");

      assertThat(api.call("POST", "/v1/resume", 200).path("paused_by").isNull()).isTrue();
      assertThat(api.call("POST", "/v1/resume", 200).path("paused_by").isNull()).isTrue();

      awaitTurns(Fate.WRITTEN, 4);
      awaitRest(writer);
      assertThat(adds()).as("each batch is posted once").isEqualTo(4);
      assertThat(mem0.memories()).hasSize(4);
    }
  }

  @Test
  void a_pause_outlives_a_restart_and_is_every_writers_of_the_group() {
    try (WriterUnderTest writer = startWriter()) {
      awaitRest(writer);
      new Api(writer).call("POST", "/v1/pause", 200);
    }
    watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
    try (WriterUnderTest first = startWriter();
        WriterUnderTest second = startWriter()) {
      await()
          .atMost(SOON)
          .until(
              () ->
                  "operator".equals(first.status().pausedBy())
                      && "operator".equals(second.status().pausedBy()));
      await()
          .atMost(SOON)
          .until(() -> first.status().pendingTurns() + second.status().pendingTurns() == 1);
      assertThat(mem0.calls(Calls.add())).isEmpty();

      new Api(second).call("POST", "/v1/resume", 200);

      awaitTurns(Fate.WRITTEN, 1);
      await().atMost(SOON).until(() -> first.status().pausedBy() == null);
      assertThat(memoriesOf("Prague")).isEqualTo(1);
    }
  }
}
