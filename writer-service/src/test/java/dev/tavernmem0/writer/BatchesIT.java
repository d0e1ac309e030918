package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What the ledger has, batch by batch, as operators look at it. */
class BatchesIT extends WriterFixture {

  private static List<String> texts(JsonNode array, String field) {
    return array.valueStream().map(element -> element.path(field).asString()).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          limit | 0         | from 1 to 500
          limit | 501       | from 1 to 500
          limit | many      | whole number
          fate  | forgotten | pending, written, empty, held, retracting, retracted, dead
          fate  | skipped   | pending, written, empty, held, retracting, retracted, dead
          fate  | ''        | pending, written, empty, held, retracting, retracted, dead
          after | yesterday | next from GET /v1/batches
          """)
  void what_cannot_be_asked_for_is_refused_with_what_can(String field, String value, String fix) {
    try (WriterUnderTest writer = startWriter()) {
      awaitRest(writer);

      JsonNode problem = new Api(writer).problem("GET", "/v1/batches?" + field + "=" + value, 422);

      assertThat(problem.path("field").asString()).isEqualTo(field);
      assertThat(problem.path("value").asString()).isEqualTo(value);
      assertThat(problem.path("fix").asString()).contains(fix);
    }
  }

  @Test
  void a_batch_that_is_not_there_is_not_found_and_neither_is_a_turn_that_is_in_none() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      var narrated = chat.append(Role.NARRATOR, "", "It rains.", Op.CREATE, Cause.APPEND);
      awaitTurns(Fate.SKIPPED, 1);
      awaitRest(writer);
      Api api = new Api(writer);

      JsonNode problem = api.problem("GET", "/v1/batches/none", 404);
      api.problem("GET", "/v1/batches/turn-" + narrated.turnId(), 404);

      assertThat(problem.path("detail").asString()).isEqualTo("There is no batch 'none' here.");
      assertThat(problem.path("field").asString()).isEqualTo("id");
      assertThat(problem.path("fix").asString()).contains("GET /v1/batches");
      assertThat(api.get("/v1/batches").path("batches")).isEmpty();
    }
  }

  @Test
  void a_batch_is_told_with_its_turns_its_memories_and_its_fate_and_without_their_words() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      var said = chat.user("I live in Prague.");
      var answered = chat.reply("Nice.");
      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);
      Api api = new Api(writer);

      JsonNode page = api.get("/v1/batches");
      JsonNode batch = page.path("batches").get(0);

      assertThat(page.path("batches")).hasSize(1);
      assertThat(page.path("next").isNull()).isTrue();
      assertThat(batch.path("chat_id").asString()).isEqualTo("default-user:one");
      assertThat(batch.path("agent_id").asString()).isEqualTo("Seraphina");
      assertThat(batch.path("fate").asString()).isEqualTo("written");
      assertThat(batch.path("generation").asInt()).isZero();
      assertThat(batch.path("attempts").asInt()).isEqualTo(1);
      assertThat(batch.path("since").asString()).startsWith("20");
      assertThat(texts(batch.path("turns"), "turn_id"))
          .containsExactly(said.turnId(), answered.turnId());
      assertThat(texts(batch.path("turns"), "fate")).containsOnly("written");
      assertThat(batch.path("memory_ids")).hasSize(2);
      assertThat(page.toString()).doesNotContain("Prague", "Nice.");
      assertThat(api.get("/v1/batches/" + batch.path("id").asString())).isEqualTo(batch);
    }
  }

  @Test
  void a_batch_that_was_taken_back_tells_why_and_in_which_batch_a_changed_turn_is_now() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);
      Api api = new Api(writer);
      await()
          .atMost(SOON)
          .until(() -> !api.get("/v1/batches?fate=written").at("/batches/0").isMissingNode());
      String first = api.get("/v1/batches").at("/batches/0/id").asString();

      chat.edit(0, "I live in Brno.");

      await().atMost(SOON).until(() -> memoriesOf("Prague") == 0 && memoriesOf("Brno") == 1);
      awaitRest(writer);
      JsonNode retracted = api.get("/v1/batches/" + first);
      String second = api.get("/v1/batches?fate=written").at("/batches/0/id").asString();
      assertThat(second).isNotEqualTo(first);
      assertThat(retracted.path("fate").asString()).isEqualTo("retracted");
      assertThat(retracted.path("reason").asString()).isEqualTo("changed");
      assertThat(texts(retracted.path("turns"), "gone")).containsExactly("true");
      assertThat(texts(retracted.path("turns"), "fate")).containsExactly("written");
      assertThat(texts(retracted.path("turns"), "batch_id")).containsExactly(second);
    }
  }

  @Test
  void a_batch_without_memories_is_told_too() {
    mem0.on(Calls.add()).once(Fault.emptyResults());
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
      awaitTurns(Fate.EMPTY, 1);
      awaitRest(writer);

      JsonNode batch = new Api(writer).get("/v1/batches?fate=empty,dead").at("/batches/0");

      assertThat(batch.path("fate").asString()).isEqualTo("empty");
      assertThat(batch.path("memory_ids")).isEmpty();
      assertThat(batch.path("merges")).isEmpty();
    }
  }

  @Test
  void batches_are_selected_by_fate_chat_and_scope() {
    mem0.on(Calls.add().and(Calls.bodyContaining("weather"))).once(Fault.emptyResults());
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
      watcher.chat("default-user:two", "Anna").user("I have a cat.");
      watcher.chat("default-user:three", "Anna").user("Nice weather.");
      awaitTurns(Fate.WRITTEN, 2);
      awaitTurns(Fate.EMPTY, 1);
      awaitRest(writer);

      assertThat(chats(writer, "fate=written"))
          .containsExactlyInAnyOrder("default-user:one", "default-user:two");
      assertThat(chats(writer, "agent_id=Anna"))
          .containsExactlyInAnyOrder("default-user:two", "default-user:three");
      assertThat(chats(writer, "agent_id=Anna&fate=empty")).containsExactly("default-user:three");
      assertThat(chats(writer, "chat_id=" + Api.encode("default-user:one")))
          .containsExactly("default-user:one");
      assertThat(chats(writer, "user_id=default-user")).hasSize(3);
      assertThat(chats(writer, "user_id=nobody")).isEmpty();
    }
  }

  private static List<String> chats(WriterUnderTest writer, String selection) {
    return texts(new Api(writer).get("/v1/batches?" + selection).path("batches"), "chat_id");
  }

  @Test
  void pages_tell_each_batch_once_though_others_come_meanwhile_and_after_a_restart() {
    List<String> told = new ArrayList<>();
    String next;
    try (WriterUnderTest writer = startWriter()) {
      for (int c = 0; c < 5; c++) {
        watcher.chat("default-user:" + c, "Character " + c).user("I am chat " + c + ".");
      }
      awaitTurns(Fate.WRITTEN, 5);
      awaitRest(writer);
      JsonNode first = new Api(writer).get("/v1/batches?limit=2");
      told.addAll(texts(first.path("batches"), "chat_id"));
      next = first.path("next").asString();

      watcher.chat("default-user:late", "Late").user("I am late.");
      awaitTurns(Fate.WRITTEN, 6);
      JsonNode second = new Api(writer).get("/v1/batches?limit=2&after=" + next);
      told.addAll(texts(second.path("batches"), "chat_id"));
      next = second.path("next").asString();
    }
    try (WriterUnderTest writer = startWriter()) {
      awaitRest(writer);
      JsonNode third = new Api(writer).get("/v1/batches?limit=2&after=" + next);
      told.addAll(texts(third.path("batches"), "chat_id"));

      assertThat(third.path("next").isNull()).isTrue();
      assertThat(told)
          .containsExactlyInAnyOrderElementsOf(
              Stream.of("0", "1", "2", "3", "4").map(chat -> "default-user:" + chat).toList());
      assertThat(new Api(writer).get("/v1/batches?limit=1").at("/batches/0/chat_id").asString())
          .as("what changed last")
          .isEqualTo("default-user:late");
    }
  }
}
