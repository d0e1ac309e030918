package dev.tavernmem0.retriever.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.retriever.it.RunningRetriever.Answer;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The service starts without what it leans on, and not with settings that make no sense. */
class StartIT {
  private static final URI NOBODY = URI.create("http://127.0.0.1:1");

  @Test
  void without_mem0_it_starts_and_says_so() {
    try (RunningRetriever retriever =
        RunningRetriever.start(NOBODY, "tavern.retriever.warm-up=true")) {
      assertThat(retriever.get("/actuator/health/readiness").status()).isEqualTo(200);
      assertThat(
              retriever
                  .get("/actuator/health")
                  .json()
                  .at("/components/mem0/details/degraded")
                  .stringValue())
          .isEqualTo("mem0_unavailable");
    }
  }

  @Test
  void switched_off_it_answers_at_once_and_calls_nobody() {
    try (FaultyMem0Server mem0 = FaultyMem0Server.start();
        RunningRetriever retriever = RunningRetriever.start(mem0.url(), "mem0.enabled=false")) {
      retriever.retrieve("class loading");
      Answer answer =
          retriever.post(
              "/v1/inject", RunningRetriever.request("Where does Alex live?").toString());
      Answer list = retriever.get("/v1/memories?user_id=alice");
      Answer add =
          retriever.post(
              "/v1/memories", "{\"user_id\":\"alice\",\"agent_id\":\"Mara\",\"text\":\"Hi\"}");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().get("degraded").stringValue()).isEqualTo("mem0_disabled");
      assertThat(answer.json().get("messages")).hasSize(1);
      assertThat(list.status()).isEqualTo(503);
      assertThat(add.status()).isEqualTo(503);
      assertThat(list.json().get("detail").stringValue()).contains("mem0.enabled=true");
      assertThat(retriever.get("/actuator/health").json().get("status").stringValue())
          .isEqualTo("UP");
      assertThat(mem0.calls()).isEmpty();
    }
  }

  @Test
  void an_old_mem0_is_recognised_and_searched() {
    try (FaultyMem0Server mem0 = FaultyMem0Server.builder().generation(Generation.V1).start();
        RunningRetriever retriever = RunningRetriever.start(mem0.url(), "mem0.api-version=auto")) {
      mem0.put(StoredMemory.of("m1", "Alex lives in Prague", "alice", "Seraphina", Map.of()));

      assertThat(retriever.retrieve("Where does Alex live?").json().get("memories")).hasSize(1);
    }
  }

  @Test
  void settings_that_make_no_sense_stop_the_start_with_their_name() {
    assertThatThrownBy(() -> RunningRetriever.start(NOBODY, "mem0.timeout-ms=0").close())
        .hasRootCauseInstanceOf(Exception.class)
        .hasStackTraceContaining("timeoutMs");
    assertThatThrownBy(
            () -> RunningRetriever.start(NOBODY, "tavern.retriever.template=nothing").close())
        .hasStackTraceContaining("tavern.retriever.template: put {{text}} where");
  }
}
