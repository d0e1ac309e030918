package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** One screen, whatever state the services are in. */
class StatusTest {
  @TempDir private Path home;
  private ServiceStub watcher;
  private ServiceStub writer;
  private ServiceStub retriever;
  private Operator operator;

  @BeforeEach
  void start() throws IOException {
    watcher =
        new ServiceStub()
            .answer("GET /actuator/health", ServiceAnswers.UP)
            .answer("GET /v1/status", ServiceAnswers.WATCHER);
    writer =
        new ServiceStub()
            .answer("GET /actuator/health", ServiceAnswers.UP)
            .answer("GET /v1/status", ServiceAnswers.writer())
            .answer("GET /v1/chats", List.of(ServiceAnswers.chat(), ServiceAnswers.chat()));
    retriever = new ServiceStub().answer("GET /actuator/health", ServiceAnswers.RETRIEVER_UP);
    operator =
        new Operator(home)
            .set("TAVERN_MEM0_WATCHER_URL", watcher.url())
            .set("TAVERN_MEM0_WRITER_URL", writer.url())
            .set("TAVERN_MEM0_RETRIEVER_URL", retriever.url());
  }

  @AfterEach
  void stop() {
    watcher.close();
    writer.close();
    retriever.close();
  }

  @Test
  void nothing_that_answers_is_not_reachable() {
    stop();

    Operator.Result result = operator.runs("status").exits(3);

    assertThat(result.out())
        .contains("nobody listens there", "TAVERN_MEM0_WRITER_URL")
        .containsOnlyOnce("tavern-mem0 run")
        .containsPattern("mem0 +UNKNOWN");
    assertThat(operator.runs("status", "--output=json").exits(3).json().path("well").asBoolean())
        .isFalse();
  }

  @Test
  void a_part_that_does_not_answer_is_not_well_and_the_others_are_told() {
    writer.close();

    Operator.Result result = operator.runs("status").exits(1);

    assertThat(result.out())
        .containsPattern("watcher +UP")
        .containsPattern("writer +- .*nobody listens there")
        .containsPattern("retriever +UP")
        .contains("writer: Start it ('tavern-mem0 run'", "--writer-url")
        .doesNotContain("waiting");
  }

  @Test
  void a_part_that_is_down_is_not_well_and_says_why() {
    watcher.answer(
        "GET /actuator/health", 503, "application/json", "{\"status\":\"OUT_OF_SERVICE\"}");
    watcher.answer(
        "GET /v1/status",
        """
        {"engine":"FENCED","last_error":"another watcher has taken over","snapshot":null,
         "events":0,"bad_lines":{"a.jsonl":2,"b.jsonl":1}}""");

    assertThat(operator.runs("status").exits(1).out())
        .containsPattern("watcher +OUT_OF_SERVICE .*FENCED, chats not looked at yet")
        .contains("error    watcher: another watcher has taken over", "3 lines of chat files");
  }

  @Test
  void a_part_that_wants_a_key_is_told_with_its_health() {
    writer.refuse("GET /v1/status", 401, "api-key", "Unauthorized", "The API key is missing.");

    assertThat(operator.runs("status").exits(1).out())
        .containsPattern("writer +UP .*The API key is missing")
        .contains("writer: No key was given: set TAVERN_ACCESS_API_KEY");
  }

  @ParameterizedTest
  @CsvSource({
    "unavailable, 1, mem0 does not answer, DOWN",
    "auth, 1, mend the key, DOWN",
    "provider, 1, mend the model, DOWN",
    "disabled, 0, switch it on, OFF",
    "operator, 0, tavern-mem0 resume, UP",
    "later, 0, paused   later, UP"
  })
  void a_pause_is_told_with_its_end(String pausedBy, int exitCode, String told, String mem0) {
    writer.answer("GET /v1/status", ServiceAnswers.writer(pausedBy, null, 0));

    assertThat(operator.runs("status").exits(exitCode).out())
        .contains("paused   ", told)
        .containsPattern("mem0 +" + mem0);
  }

  @Test
  void a_mem0_that_searches_fail_at_is_not_usable() {
    retriever.answer(
        "GET /actuator/health",
        ServiceAnswers.RETRIEVER_UP
            .replace("CLOSED", "OPEN")
            .replace("\"no\"", "\"mem0_timeout\""));

    assertThat(operator.runs("status").exits(1).out())
        .containsPattern("mem0 +DOWN +not usable: most searches failed lately");
  }

  @Test
  void one_search_that_failed_is_told_and_no_more() {
    retriever.answer(
        "GET /actuator/health", ServiceAnswers.RETRIEVER_UP.replace("\"no\"", "\"mem0_timeout\""));

    assertThat(operator.runs("status").exits(0).out())
        .containsPattern("mem0 +UP .*the last search took too long");
  }

  @Test
  void what_waits_for_a_person_is_told_with_the_command_for_it() {
    writer.answer("GET /v1/status", ServiceAnswers.writer(null, "503 at 09:00", 3));

    assertThat(operator.runs("status").exits(0).out())
        .contains("counts   3 held, 3 dead, 3 empty, 2 missing, 3 phantom")
        .contains("tavern-mem0 holds list", "tavern-mem0 dead list", "tavern-mem0 sweep")
        .contains(
            "3 records were no turn events", "3 records of the ledger", "wait for another (1)")
        .contains(
            "to do    replay r1 does not go on: the model finds nothing:"
                + " tavern-mem0 replay show r1")
        .contains("error    writer: 503 at 09:00");
  }

  @Test
  void all_is_well() {
    Operator.Result result = operator.runs("status").exits(0);

    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .containsPattern("watcher +UP +http.*RUNNING, all chats looked at, 214 events")
        .containsPattern("writer +UP +http.*RUNNING, 5 chats")
        .containsPattern("retriever +UP +http.*the ledger: following")
        .containsPattern("mem0 +UP +answers")
        .contains("turns    2 skipped, 24 written")
        .contains("waiting  2 just said (longest 34 s), 40 of old chats (longest 2 h), 7 unread")
        .contains("pace     12.5 turns/min, about 4 min left", "cost     13.2 calls")
        .contains("counts   0 held, 0 dead, 0 empty, 0 missing, 0 phantom")
        .doesNotContain("to do", "note", "error", "paused");
  }

  @Test
  void a_program_gets_everything_as_the_services_said_it() {
    JsonNode json = operator.runs("status", "--output=json").exits(0).json();

    assertThat(json.path("well").asBoolean()).isTrue();
    assertThat(json.path("writer").path("status").path("pending_turns").asInt()).isEqualTo(2);
    assertThat(json.path("watcher").path("status").path("engine").asString()).isEqualTo("RUNNING");
    assertThat(json.path("retriever").path("health").path("status").asString()).isEqualTo("UP");
    assertThat(json.path("mem0").path("state").asString()).isEqualTo("up");
    assertThat(json.path("fates").path("written").asInt()).isEqualTo(24);
  }

  @Test
  void a_writer_that_still_reads_its_ledger_has_no_fates_yet() {
    writer.refuse("GET /v1/chats", 503, "not-consuming", "Service Unavailable", "busy");

    assertThat(operator.runs("status").exits(0).out()).contains("turns    -", "waiting  2");
  }

  @Test
  void a_target_that_is_being_filled_is_told_beside_the_mem0_that_serves() throws IOException {
    operator.set("TAVERN_MEM0_TARGET_WRITER_URL", "http://127.0.0.1:1");
    assertThat(operator.runs("status").exits(0).out())
        .as("a target that is there no more")
        .doesNotContain("target");

    try (ServiceStub target = target()) {
      operator.set("TAVERN_MEM0_TARGET_WRITER_URL", target.url());

      assertThat(operator.runs("status").exits(0).out())
          .containsPattern("target writer +UP +http.*RUNNING, 50 turns wait: .*--target");
      JsonNode json = operator.runs("status", "--output=json").exits(0).json();
      assertThat(json.path("target_writer").path("well").asBoolean()).isTrue();
    }
  }

  @Test
  void of_a_target_its_writer_is_asked_and_no_retriever() throws IOException {
    try (ServiceStub target = target()) {
      operator.set("TAVERN_MEM0_TARGET_WRITER_URL", target.url());
      retriever.close();
      writer.close();

      Operator.Result result = operator.runs("status", "--target").exits(0);

      assertThat(result.out())
          .containsPattern("target writer +UP .*RUNNING, 5 chats")
          .containsPattern("mem0 +UP")
          .contains("waiting  2 just said", "All of this is of the target")
          .doesNotContain("retriever", "switch to");
      JsonNode json = operator.runs("status", "--target", "--output=json").exits(0).json();
      assertThat(json.path("retriever").isNull()).isTrue();
    }
  }

  @Test
  void when_nothing_waits_for_a_target_it_is_told_how_to_switch() throws IOException {
    try (ServiceStub target = target()) {
      operator.set("TAVERN_MEM0_TARGET_WRITER_URL", target.url());
      target.answer("GET /v1/status", "{\"state\":\"RUNNING\",\"paused_by\":null}");
      target.answer(
          "GET /actuator/health",
          """
          {"status":"UP","components":{"writer":{"status":"UP","details":{
            "mem0":"http://new:8001","ledger":"tavern.memory.ledger.target"}}}}""");

      assertThat(operator.runs("status", "--target").exits(0).out())
          .contains("verify --target", "switch to http://new:8001")
          .contains("tavern.memory.ledger.target");

      target.answer("GET /v1/status", "{\"state\":\"RUNNING\",\"paused_by\":\"unavailable\"}");
      assertThat(operator.runs("status", "--target").exits(1).out()).doesNotContain("switch to");
    }
  }

  @Test
  void a_target_that_is_not_there_is_said_to_be_started_by_run() {
    operator.set("TAVERN_MEM0_TARGET_WRITER_URL", "http://127.0.0.1:1");

    assertThat(operator.runs("chats", "--target").exits(3).err())
        .contains("target writer is not reachable", "--target-url", "--target-writer-url");
    assertThat(operator.runs("memories", "list", "--target").exits(2).err()).contains("--target");
    assertThat(operator.runs("forget", "--memory", "m1", "--target").exits(2).err())
        .contains("--target");
  }

  private static ServiceStub target() throws IOException {
    return new ServiceStub()
        .answer("GET /actuator/health", ServiceAnswers.UP)
        .answer("GET /v1/status", ServiceAnswers.writer())
        .answer("GET /v1/chats", List.of(ServiceAnswers.chat()));
  }

  @Test
  void it_looks_again_until_it_is_interrupted() throws InterruptedException {
    Thread terminal = new Thread(() -> operator.runs("status", "--watch=1"));
    terminal.start();

    await().until(() -> writer.asked().stream().filter(it -> it.endsWith("chats")).count() >= 2);
    terminal.interrupt();
    terminal.join();
  }
}
