package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Calls;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What operators see, and how they decide on holds. */
class WriterApiIT extends WriterFixture {

  @Test
  void fates_are_told_per_chat_and_per_turn() throws Exception {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      var said = chat.user("I live in Prague.");
      chat.append(Role.NARRATOR, "", "It rains.", Op.CREATE, Cause.APPEND);
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);

      JsonNode chats = get(writer, "/v1/chats");
      JsonNode turns = get(writer, "/v1/turns?chat_id=" + encode("default-user:one"));

      assertThat(chats).hasSize(1);
      assertThat(chats.get(0).path("chat_id").asString()).isEqualTo("default-user:one");
      assertThat(chats.get(0).path("agent_id").asString()).isEqualTo("Seraphina");
      assertThat(chats.get(0).path("turns").path("written").asInt()).isEqualTo(1);
      assertThat(chats.get(0).path("turns").path("skipped").asInt()).isEqualTo(1);
      assertThat(turns).hasSize(2);
      assertThat(turns.get(0).path("turn_id").asString()).isEqualTo(said.turnId());
      assertThat(turns.get(0).path("fate").asString()).isEqualTo("written");
      assertThat(turns.get(0).path("memory_ids")).hasSize(1);
      assertThat(turns.get(1).path("reason").asString()).isEqualTo("narrator");
      assertThat(turns.toString()).doesNotContain("Prague");
    }
  }

  @Test
  void a_deleted_chat_keeps_its_memories_until_an_operator_confirms() throws Exception {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      chat.reply("Nice.");
      awaitTurns(Fate.WRITTEN, 2);

      chat.deleteChat();

      awaitTurns(Fate.HELD, 2);
      awaitRest(writer);
      JsonNode holds = get(writer, "/v1/holds");
      assertThat(holds).hasSize(1);
      assertThat(holds.get(0).path("reason").asString()).isEqualTo("chat deleted");
      assertThat(holds.get(0).path("turns_gone").asInt()).isEqualTo(2);
      JsonNode status = get(writer, "/v1/status");
      assertThat(status.path("holds").asInt()).isEqualTo(1);
      assertThat(status.path("held").get(0)).isEqualTo(holds.get(0));
      assertThat(mem0.memories()).hasSize(2);

      String id = holds.get(0).path("id").asString();
      assertThat(post(writer, "/v1/holds/" + id + "/confirm").statusCode()).isEqualTo(202);

      await().atMost(SOON).until(() -> mem0.memories().isEmpty());
      awaitTurns(Fate.RETRACTED, 2);
      assertThat(get(writer, "/v1/holds")).isEmpty();
    }
  }

  @Test
  void a_discarded_hold_keeps_the_memories_also_after_a_restart() throws Exception {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);
      chat.deleteChat();
      awaitTurns(Fate.HELD, 1);
      String id = get(writer, "/v1/holds").get(0).path("id").asString();

      assertThat(post(writer, "/v1/holds/" + id + "/discard").statusCode()).isEqualTo(202);

      awaitTurns(Fate.WRITTEN, 1);
    }
    try (WriterUnderTest writer = startWriter()) {
      awaitRest(writer);
      assertThat(get(writer, "/v1/holds")).isEmpty();
      assertThat(mem0.memories()).hasSize(1);
      assertThat(mem0.calls(Calls.delete())).isEmpty();
    }
  }

  @Test
  void errors_are_problem_details_that_name_the_fix() throws Exception {
    try (WriterUnderTest writer = startWriter()) {
      awaitRest(writer);

      HttpResponse<String> unknown = request(writer, "GET", "/v1/turns?chat_id=nobody");
      HttpResponse<String> missing = request(writer, "GET", "/v1/turns");
      HttpResponse<String> hold = post(writer, "/v1/holds/nothing/confirm");

      assertThat(unknown.statusCode()).isEqualTo(404);
      assertThat(unknown.headers().firstValue("Content-Type")).contains("application/problem+json");
      assertThat(unknown.body()).contains("nobody").contains("/v1/chats");
      assertThat(missing.statusCode()).isEqualTo(400);
      assertThat(missing.body()).contains("chat_id");
      assertThat(hold.statusCode()).isEqualTo(404);
    }
  }

  @Test
  void health_and_metrics_tell_how_it_goes() throws Exception {
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);

      assertThat(get(writer, "/actuator/health/readiness").path("status").asString())
          .isEqualTo("UP");
      JsonNode details = get(writer, "/actuator/health").at("/components/writer/details");
      assertThat(details.path("mem0").asString()).isEqualTo(mem0.url().toString());
      assertThat(details.path("ledger").asString()).isEqualTo("tavern.memory.ledger");
      assertThat(get(writer, "/v1/status").path("state").asString()).isEqualTo("RUNNING");
      assertThat(get(writer, "/v1/status").at("/calls_per_hundred_turns/live").asDouble())
          .isEqualTo(100);
      assertThat(request(writer, "GET", "/actuator/prometheus").body())
          .contains("tavern_writer_turns_total{")
          .contains("tavern_writer_mem0_calls_seconds_count{")
          .contains("tavern_writer_pending_turns")
          .contains("tavern_writer_add_calls_total{")
          .contains("tavern_writer_batch_turns_sum{")
          .contains("tavern_writer_ledger_restores_seconds_count")
          .contains("tavern_writer_pending_age_seconds")
          .contains("tavern_writer_lag")
          .contains("kafka_consumer_fetch_manager_records_consumed_total{")
          .contains("kafka_producer_record_send_total{")
          .contains("resilience4j_circuitbreaker_state");
    }
  }

  @Test
  void a_disabled_mem0_consumes_nothing_and_loses_nothing() throws Exception {
    var settings = settings();
    settings.put("mem0.enabled", "false");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
      watcher.flush();
      await()
          .atMost(SOON)
          .until(() -> get(writer, "/v1/status").path("paused_by").asString().equals("disabled"));
      assertThat(get(writer, "/actuator/health").path("status").asString()).isEqualTo("UP");
    }
    assertThat(mem0.calls()).isEmpty();

    try (WriterUnderTest writer = startWriter()) {
      awaitTurns(Fate.WRITTEN, 1);
      assertThat(writer.status().pausedBy()).isNull();
    }
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static JsonNode get(WriterUnderTest writer, String path) throws Exception {
    return Json.MAPPER.readTree(request(writer, "GET", path).body());
  }

  private static HttpResponse<String> post(WriterUnderTest writer, String path) throws Exception {
    return request(writer, "POST", path);
  }

  private static HttpResponse<String> request(WriterUnderTest writer, String method, String path)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(writer.url() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
