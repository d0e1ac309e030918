package dev.tavernmem0.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.cli.operate.Operator;
import dev.tavernmem0.cli.operate.ServiceAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What the doctor finds of services, and how it tells it. */
class DoctorTest {
  @TempDir private Path home;
  private StubbedServices services;
  private Operator operator;

  @BeforeEach
  void start() throws IOException {
    services = new StubbedServices();
    operator = services.told(new Operator(home));
  }

  @AfterEach
  void stop() {
    services.close();
  }

  /** What it finds, by what was looked at. */
  private Map<String, JsonNode> found(int exitCode, String... options) {
    String[] command =
        Stream.concat(Stream.of("doctor", "--output=json"), Stream.of(options))
            .toArray(String[]::new);
    return operator
        .runs(command)
        .exits(exitCode)
        .json()
        .valueStream()
        .collect(Collectors.toMap(each -> each.path("check").asString(), each -> each));
  }

  private static void is(Map<String, JsonNode> found, String check, String result, String... says) {
    JsonNode finding = found.get(check);
    assertThat(finding.path("result").asString()).as(finding.toString()).isEqualTo(result);
    for (String text : says) {
      assertThat(finding.path("finding").asString() + " " + finding.path("mend").asString(""))
          .contains(text);
    }
  }

  @Test
  void when_nothing_runs_it_says_so_and_how_to_start_it() {
    stop();

    Operator.Result result = operator.runs("doctor").exits(3);

    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .containsPattern("PROBLEM +watcher +the watcher is not reachable .*nobody listens there")
        .containsPattern("PROBLEM +writer ")
        .containsPattern("PROBLEM +retriever ")
        .contains("    Start it ('tavern-mem0 run'", "--writer-url")
        .containsPattern("not checked +version +no service answers")
        .containsPattern("not checked +clock ")
        .containsPattern("not checked +kafka ")
        .containsPattern("not checked +mem0 +it is asked through the retriever")
        .containsPattern("not checked +embedder ")
        .containsPattern("not checked +model ")
        .containsPattern("not checked +sillytavern +nobody says where")
        .containsPattern("not checked +hook ")
        .containsPattern("not checked +disk ")
        .contains("3 problems, 0 warnings, 1 ok, 12 not checked");
  }

  @Test
  void a_service_that_does_not_answer_is_a_problem_and_the_others_are_looked_at() {
    services.writer.close();

    Map<String, JsonNode> found = found(1);

    is(found, "writer", "problem", "nobody listens there", "--writer-url");
    is(found, "watcher", "ok", services.watcher.url(), "RUNNING");
    is(found, "kafka", "ok", "watcher, retriever");
    is(found, "model", "not-checked", "the writer");
    is(found, "mem0", "ok", "2.x");
  }

  @Test
  void a_web_page_in_the_place_of_a_service_is_not_taken_for_it() {
    services.watcher.answer("GET /actuator/health", 200, "text/html", "<h1>It works!</h1>");

    Map<String, JsonNode> found = found(1);

    is(found, "watcher", "problem", "something else", "--watcher-url");
  }

  @Test
  void another_service_in_the_place_of_one_is_told() {
    operator.set("TAVERN_MEM0_RETRIEVER_URL", services.writer.url());

    Map<String, JsonNode> found = found(1);

    is(found, "retriever", "problem", "another service: writer-service", "--retriever-url");
    is(found, "mem0", "not-checked", "through the retriever");
    is(found, "version", "ok");
  }

  @Test
  void who_has_not_the_key_is_told_where_to_give_it() {
    for (var service : List.of(services.watcher, services.writer, services.retriever)) {
      service.answer("GET /actuator/health", ServiceAnswers.UP);
      service.refuse("GET /v1/status", 401, "api-key", "Unauthorized", "The key is missing.");
      service.refuse("GET /v1/memories", 401, "api-key", "Unauthorized", "The key is missing.");
    }

    Map<String, JsonNode> found = found(1);

    is(found, "writer", "problem", "The key is missing.", "TAVERN_ACCESS_API_KEY");
    is(found, "retriever", "problem", "TAVERN_MEM0_RETRIEVER_API_KEY");
    is(found, "version", "not-checked");
    is(found, "mem0", "not-checked");
    is(found, "clock", "ok");
  }

  @Test
  void a_retriever_whose_ledger_is_not_read_says_why() {
    services.retriever.answer(
        "GET /actuator/health",
        503,
        "application/json",
        """
        {"status":"DOWN","components":{
          "ledger":{"status":"DOWN","details":{"ledger":"IllegalStateException: odd"}},
          "service":{"status":"UP","details":{"name":"retriever-service","version":"1"}}}}""");

    Map<String, JsonNode> found = found(1);

    is(found, "retriever", "problem", "DOWN, IllegalStateException: odd", "kafka below");
    is(found, "mem0", "ok", "not known");
  }

  @Test
  void a_watcher_that_another_one_has_shut_out_is_told() {
    services.watcher.answer(
        "GET /actuator/health", 503, "application/json", "{\"status\":\"OUT_OF_SERVICE\"}");
    services.watcher.answer(
        "GET /v1/status", "{\"engine\":\"FENCED\",\"last_error\":\"another has taken over\"}");

    Map<String, JsonNode> found = found(1);

    is(found, "watcher", "problem", "FENCED", "another has taken over", "tavern.name");
    is(found, "kafka", "ok");
  }

  @Test
  void a_watcher_whose_folder_is_away_is_told_and_kafka_is_not_blamed() {
    services.watcher.answer(
        "GET /actuator/health",
        503,
        "application/json",
        """
        {"status":"OUT_OF_SERVICE","components":{"watcher":{"status":"OUT_OF_SERVICE",
         "details":{"engine":"BACKING_OFF","dataRoot":"/st","dataRootReadable":false}}}}""");
    services.watcher.answer(
        "GET /v1/status",
        "{\"engine\":\"BACKING_OFF\",\"last_error\":\"no such directory\",\"data_root\":\"/st\"}");

    Map<String, JsonNode> found = found(1);

    is(found, "watcher", "problem", "no such directory", "--sillytavern PATH");
    is(found, "kafka", "ok", "writer, retriever");
  }

  @Test
  void a_kafka_that_is_away_is_told_with_what_the_services_say() {
    services.watcher.answer(
        "GET /actuator/health", 503, "application/json", "{\"status\":\"OUT_OF_SERVICE\"}");
    services.watcher.answer(
        "GET /v1/status",
        "{\"engine\":\"BACKING_OFF\",\"last_error\":\"TimeoutException: no broker\"}");
    services.writer.answer(
        "GET /actuator/health", 503, "application/json", "{\"status\":\"DOWN\"}");
    services.writer.answer("GET /v1/status", "{\"state\":\"CONNECTING\",\"last_error\":null}");
    services.retriever.answer(
        "GET /actuator/health",
        StubbedServices.RETRIEVER_UP.replace("\"following\"", "\"not reachable\""));

    Map<String, JsonNode> found = found(1);

    is(
        found,
        "kafka",
        "problem",
        "watcher (TimeoutException: no broker), writer, retriever",
        "SPRING_KAFKA_BOOTSTRAP_SERVERS");
    is(found, "writer", "problem", "DOWN", "CONNECTING", "kafka below");
  }

  @ParameterizedTest
  @CsvSource({
    "auth, mem0 refuses the writer's key, OPENAI_API_KEY",
    "provider, refuses whatever it is given, MEM0_DEFAULT_LLM_MODEL",
    "unavailable, gets no answer, mem0.base-url"
  })
  void what_the_writer_heard_of_the_model_is_told(String pausedBy, String says, String mend) {
    services.writer.answer(
        "GET /v1/status", ServiceAnswers.writer(pausedBy, "502 provider_auth_failed", 0));

    Map<String, JsonNode> found = found(1);

    is(found, "model", "problem", says, "502 provider_auth_failed", mend);
  }

  @ParameterizedTest
  @CsvSource({"operator, tavern-mem0 resume", "disabled, mem0.enabled"})
  void a_writer_that_is_well_and_writes_nothing_is_told(String pausedBy, String mend) {
    services.writer.answer("GET /v1/status", ServiceAnswers.writer(pausedBy, null, 0));

    Map<String, JsonNode> found = found(0);

    is(found, "writer", "warning", "it is paused", mend);
  }

  @Test
  void a_writer_that_is_down_for_its_model_says_where_to_look() {
    services.writer.answer(
        "GET /actuator/health", 503, "application/json", "{\"status\":\"DOWN\"}");
    services.writer.answer("GET /v1/status", ServiceAnswers.writer("auth", "401", 0));

    Map<String, JsonNode> found = found(1);

    is(found, "writer", "problem", "mend the key", "model below");
  }

  @Test
  void turns_that_were_refused_for_good_are_a_warning() {
    services.writer.answer("GET /v1/status", ServiceAnswers.writer(null, null, 3));

    Map<String, JsonNode> found = found(0);

    is(found, "model", "warning", "3 turns", "tavern-mem0 dead list");
  }

  @Test
  void a_model_that_was_not_asked_since_the_start_is_not_said_to_be_well() {
    services.writer.answer(
        "GET /v1/status",
        "{\"state\":\"RUNNING\",\"calls_per_hundred_turns\":{\"live\":null,\"backlog\":null}}");

    Map<String, JsonNode> found = found(0);

    is(found, "model", "not-checked", "leaves a memory", "tavern-mem0 status");
  }

  @ParameterizedTest
  @CsvSource({
    "502, mem0_auth, MEM0_API_KEY",
    "502, mem0_unavailable, Start mem0",
    "504, mem0_timeout, GET /ready",
    "502, bad_answer, a proxy",
    "502, mem0_refused, Look at mem0's log"
  })
  void what_mem0_answers_the_retriever_is_told(int status, String degraded, String mend) {
    services.retriever.answer(
        StubbedServices.LIST,
        status,
        "application/problem+json",
        StubbedServices.mem0Problem(status, degraded, "list: mem0 said so"));

    Map<String, JsonNode> found = found(1);

    is(found, "mem0", "problem", "mem0 said so", mend);
    is(found, "embedder", "not-checked");
    assertThat(services.retriever.asked()).doesNotContain(StubbedServices.SEARCH);
  }

  @Test
  void a_memory_that_is_switched_off_is_a_warning() {
    services.retriever.answer(
        StubbedServices.LIST,
        503,
        "application/problem+json",
        StubbedServices.mem0Problem(503, "mem0_disabled", "Memory is switched off"));

    Map<String, JsonNode> found = found(0);

    is(found, "mem0", "warning", "switched off", "MEM0_ENABLED=true");
  }

  @ParameterizedTest
  @CsvSource({
    "502, mem0_auth, OPENAI_API_KEY",
    "502, mem0_unavailable, OPENAI_BASE_URL",
    "504, mem0_timeout, does not search in time"
  })
  void an_embedder_that_fails_is_told_apart_from_mem0(int status, String degraded, String mend) {
    services.retriever.answer(
        StubbedServices.SEARCH,
        status,
        "application/problem+json",
        StubbedServices.mem0Problem(status, degraded, "search: provider_auth_failed"));

    Map<String, JsonNode> found = found(1);

    is(found, "mem0", "ok", "takes the key");
    is(found, "embedder", "problem", "provider_auth_failed", mend);
  }

  @Test
  void mem0_is_asked_for_nothing_that_leaves_something_behind() {
    operator.runs("doctor");

    assertThat(services.retriever.asked()).contains(StubbedServices.SEARCH);
    for (var service : List.of(services.watcher, services.writer, services.retriever)) {
      assertThat(service.asked()).allMatch(asked -> asked.startsWith("GET "));
    }
  }

  @Test
  void services_of_another_version_are_a_warning() {
    services.writer.answer(
        "GET /actuator/health", StubbedServices.health("UP", "writer-service", "0.0.9"));
    services.watcher.answer("GET /actuator/health", ServiceAnswers.UP);

    Map<String, JsonNode> found = found(0);

    is(found, "version", "warning", "writer 0.0.9", "watcher (does not tell", "Restart");
  }

  @Test
  void all_is_well() {
    Operator.Result result = operator.runs("doctor").exits(0);

    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .containsPattern("RESULT +CHECK +FINDING")
        .containsPattern("ok +watcher +well at http.*RUNNING")
        .containsPattern("ok +writer +well at http.*RUNNING")
        .containsPattern("ok +retriever +well at http.*UP")
        .containsPattern("ok +version ")
        .containsPattern("ok +clock ")
        .containsPattern("ok +kafka +connected: watcher, writer, retriever")
        .containsPattern("ok +mem0 +answers and takes the key; its generation: 2.x")
        .containsPattern("ok +embedder +a question became a vector .* \\d+ ms")
        .containsPattern("ok +model +not asked, .*0 turns hold nothing")
        .containsPattern("not checked +sillytavern +the watcher watches /st, which is not on")
        .contains("0 problems, 0 warnings");
  }

  @Test
  void it_speaks_chinese_too() {
    operator.set("LANGUAGE", "zh");

    assertThat(operator.runs("doctor").exits(0).out())
        .containsPattern("正常 +mem0 +有回应，并接受密钥")
        .containsPattern("未检查 +hook ")
        .contains("问题 0，警告 0");
  }

  @Test
  void a_program_gets_an_object_for_each_check() {
    JsonNode all = operator.runs("doctor", "--output=json").exits(0).json();

    assertThat(all.isArray()).isTrue();
    assertThat(all.valueStream().map(each -> each.path("check").asString()))
        .doesNotHaveDuplicates()
        .contains("watcher", "mem0", "plugins", "private-keys");
    JsonNode watcher = all.get(0);
    assertThat(watcher.propertyNames()).containsExactly("check", "result", "finding", "mend");
    assertThat(watcher.path("mend").isNull()).isTrue();
  }

  @Test
  void folder_and_program_of_sillytavern_can_be_given() throws IOException {
    Path data = Files.createDirectories(home.resolve("SillyTavern/data"));
    Files.createDirectories(data.resolve("default-user/chats/Mara"));

    is(found(0, "--sillytavern=" + data), "sillytavern", "warning", "no chats yet");
    is(found(1, "--sillytavern-app=" + home), "hook", "problem", "server.js");
    operator.set("TAVERN_SILLYTAVERN", data.toString());
    is(found(0), "sillytavern", "warning", data.toString());
  }

  @Test
  void a_profile_with_a_key_that_others_can_read_is_a_problem() throws IOException {
    Path profile = home.resolve("config/tavern-mem0/profile.properties");
    Files.createDirectories(profile.getParent());
    Files.writeString(profile, "api-key=secret\n");
    Permissions.open(profile);

    Map<String, JsonNode> found = found(1);

    is(found, "private-keys", "problem", profile.toString(), "chmod 600");
    assertThat(found.toString()).doesNotContain("secret");
  }
}
