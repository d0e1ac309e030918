package dev.tavernmem0.embedded.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.memory.Mem0Http.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Adding with {@code infer} when a language model is configured. */
class ExtractionIT {
  private static final String TWO_FACTS =
      """
      {"memory":[{"id":"0","text":"Alex lives in Prague","attributed_to":"user"},
                 {"id":"1","text":"Seraphina likes jasmine tea","attributed_to":"assistant"}]}
      """;

  @TempDir static Path data;
  private static EmbeddedServer server;
  private static OpenAiStub llm;

  private final String user = "u-" + UUID.randomUUID();

  @BeforeAll
  static void start() throws IOException {
    llm = new OpenAiStub();
    server =
        EmbeddedServer.start(
            data.resolve("memory"),
            "--tavern.memory-server.llm.base-url=" + llm.baseUrl() + "/",
            "--tavern.memory-server.llm.model=test-model",
            "--tavern.memory-server.llm.api-key=secret",
            "--tavern.memory-server.llm.timeout=10s");
  }

  @AfterAll
  static void stop() {
    server.close();
    llm.close();
  }

  @BeforeEach
  void forget() {
    llm.calls.clear();
    llm.authorizations.clear();
  }

  @Test
  void what_the_model_extracts_is_stored() {
    llm.willSay(TWO_FACTS);

    JsonNode results = add(true, "Alex: I live in Prague").results();

    assertThat(results.size()).isEqualTo(2);
    assertThat(results.get(0).path("memory").asString()).isEqualTo("Alex lives in Prague");
    assertThat(results.get(0).has("role")).isFalse();
    JsonNode stored = list();
    assertThat(stored.get(1).path("memory").asString()).isEqualTo("Seraphina likes jasmine tea");
    assertThat(stored.get(1).path("attributed_to").asString()).isEqualTo("assistant");
    assertThat(stored.get(1).path("metadata").path("batch_id").asString()).isEqualTo("b1");
  }

  @Test
  void the_model_is_asked_once_with_everything_it_needs() {
    llm.willSay(TWO_FACTS);
    add(true, "Alex: I live in Prague");
    add(true, "Alex: It is cold here");

    assertThat(llm.calls).hasSize(2);
    assertThat(llm.authorizations).containsOnly("Bearer secret");
    JsonNode call = llm.calls.get(1);
    assertThat(call.path("model").asString()).isEqualTo("test-model");
    assertThat(call.path("response_format").path("type").asString()).isEqualTo("json_object");
    JsonNode input = Json.MAPPER.readTree(call.path("messages").path(1).path("content").asString());
    assertThat(input.path("new_messages").toString()).contains("It is cold here");
    assertThat(input.path("last_messages").toString()).contains("I live in Prague");
    assertThat(input.path("existing_memories").toString()).contains("Alex lives in Prague");
    assertThat(input.path("custom_instructions").asString()).isEqualTo("in English");
  }

  @Test
  void what_is_already_known_word_for_word_is_not_stored_again() {
    llm.willSay(TWO_FACTS);
    add(true, "Alex: I live in Prague");

    assertThat(add(true, "Alex: I live in Prague").results().size()).isZero();
    assertThat(list().size()).isEqualTo(2);
  }

  @Test
  void without_infer_the_model_is_not_asked() {
    add(false, "Alex: hello");

    assertThat(llm.calls).isEmpty();
    assertThat(list().get(0).path("memory").asString()).isEqualTo("Alex: hello");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "```json\n{\"memory\":[{\"text\":\"a fact\"}]}\n```",
        "<think>hm {}</think>{\"memory\":[{\"text\":\"a fact\"}]}",
        "Here you are: {\"memory\":[{\"text\":\"a fact\"},{\"text\":\"\"},{}]}",
      })
  void what_models_put_around_the_json_is_ignored(String answer) {
    llm.willSay(answer);

    assertThat(add(true, "x").results().get(0).path("memory").asString()).isEqualTo("a fact");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nothing to see", "{\"memory\":[{\"text\":", "{\"facts\":[]}", "[]"})
  void an_answer_that_is_not_the_json_asked_for_stores_nothing_and_is_counted(String answer) {
    double before = unreadable();
    llm.willSay(answer);

    assertThat(add(true, "x").results().size()).isZero();
    assertThat(unreadable()).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @CsvSource({
    "401, provider_auth_failed",
    "403, provider_bad_request",
    "429, provider_rate_limited",
    "400, provider_bad_request",
    "422, provider_bad_request",
    "500, provider_unavailable",
    "503, provider_unavailable",
    "418, unknown",
  })
  void a_failure_of_the_model_is_answered_with_its_code_and_nothing_is_stored(
      int status, String code) {
    llm.willFail(status);

    Answer answer = add(true, "x");

    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.json().path("code").asString()).isEqualTo(code);
    assertThat(answer.json().path("request_id").asString()).isNotBlank();
    assertThat(answer.detail()).isNotBlank();
    assertThat(list().size()).isZero();
  }

  @Test
  void a_model_that_cannot_be_reached_or_hangs_is_unavailable_or_timed_out() throws IOException {
    try (OpenAiStub hanging = new OpenAiStub();
        EmbeddedServer other =
            EmbeddedServer.start(
                data.resolve("other"),
                "--tavern.memory-server.llm.base-url=" + hanging.baseUrl(),
                "--tavern.memory-server.llm.model=m",
                "--tavern.memory-server.llm.timeout=200ms")) {
      hanging.willHang();
      assertThat(add(other.http(), true, "x").json().path("code").asString())
          .isEqualTo("provider_timeout");

      hanging.close();
      assertThat(add(other.http(), true, "x").json().path("code").asString())
          .isEqualTo("provider_unavailable");
    }
  }

  private Answer add(boolean infer, String text) {
    return add(server.http(), infer, text);
  }

  private Answer add(Mem0Http http, boolean infer, String text) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    body.put("user_id", user).put("infer", infer).put("prompt", "in English");
    body.putObject("metadata").put("batch_id", "b1");
    return http.post("/memories", body.toString());
  }

  private JsonNode list() {
    return server.http().get("/memories?user_id=" + user).results();
  }

  private static double unreadable() {
    String metrics = server.http().get("/actuator/prometheus").body();
    return metrics
        .lines()
        .filter(line -> line.startsWith("tavern_memory_server_extractions_unreadable_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
