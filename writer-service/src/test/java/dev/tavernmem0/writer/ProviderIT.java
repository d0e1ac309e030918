package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model provider that refuses everything costs no turn; a turn that it never takes, only that.
 */
class ProviderIT extends WriterFixture {
  private static final Duration A_WHILE = Duration.ofSeconds(40);

  private List<ChatLog> sixChatsAreRead() {
    List<ChatLog> chats = new ArrayList<>();
    for (int c = 0; c < 6; c++) {
      ChatLog chat = watcher.chat("default-user:" + c, "Character " + c);
      chats.add(chat);
      for (int i = 0; i < 8; i++) {
        chat.user("Chat " + c + ", line " + i + ".");
      }
    }
    return chats;
  }

  @Test
  void a_provider_that_refuses_everything_makes_turns_wait_until_it_is_mended() {
    mem0.on(Calls.add()).always(Fault.upstreamError("provider_bad_request"));
    try (WriterUnderTest writer = startWriter()) {
      sixChatsAreRead();

      await().atMost(A_WHILE).until(() -> "provider".equals(writer.status().pausedBy()));
      int calls = mem0.calls(Calls.add()).size();
      assertThat(writer.bean(WriterHealthIndicator.class).health().getStatus())
          .isEqualTo(Status.DOWN);
      assertThat(writer.status().lastError()).contains("provider_bad_request");
      assertThat(calls).as("calls until that was told").isLessThan(40);
      assertThat(turnsByFate()).doesNotContainKey(Fate.DEAD);

      mem0.heal();

      awaitTurns(Fate.WRITTEN, 48);
      awaitRest(writer);
      assertThat(writer.status().pausedBy()).isNull();
      assertThat(writer.bean(WriterHealthIndicator.class).health().getStatus())
          .isEqualTo(Status.UP);
      assertThat(KAFKA.reader().records(Topics.TURNS_DLT)).isEmpty();
      assertThat(mem0.memories()).hasSize(48);
    }
  }

  @Test
  void a_model_that_mem0_gets_nothing_from_makes_turns_wait_and_costs_none_of_them() {
    mem0.on(Calls.add()).always(Fault.emptyResults());
    Map<String, String> settings = settings();
    settings.put("tavern.writer.retry.most-empty", "5");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      sixChatsAreRead();

      await().atMost(A_WHILE).until(() -> "provider".equals(writer.status().pausedBy()));
      assertThat(writer.bean(WriterHealthIndicator.class).health().getStatus())
          .isEqualTo(Status.DOWN);
      assertThat(writer.status().lastError()).contains("found nothing", "fate=empty");

      mem0.heal();
      watcher.chat("default-user:another", "Anna").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 49);
      awaitRest(writer);
      assertThat(writer.status().pausedBy()).isNull();
      assertThat(writer.status().emptyTurns()).isZero();
      assertThat(mem0.memories()).hasSize(49);
    }
  }

  @Test
  void what_was_written_again_into_a_broken_model_is_tried_once_more_when_that_is_mended() {
    Map<String, String> settings = settings();
    settings.put("tavern.writer.retry.most-empty", "5");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      List<ChatLog> chats = sixChatsAreRead();
      awaitTurns(Fate.WRITTEN, 48);
      awaitRest(writer);
      mem0.on(Calls.add()).always(Fault.emptyResults());
      chats.forEach(chat -> chat.edit(0, "Reworded."));
      await().atMost(A_WHILE).until(() -> "provider".equals(writer.status().pausedBy()));

      mem0.heal();
      watcher.chat("default-user:another", "Anna").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 49);
      awaitRest(writer);
    }
  }

  @Test
  void a_provider_that_refuses_the_only_chat_is_told_from_a_guilty_turn_too() {
    mem0.on(Calls.add()).always(Fault.status(400));
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      for (int i = 0; i < 8; i++) {
        chat.user("Line " + i + ".");
      }

      await().atMost(A_WHILE).until(() -> "provider".equals(writer.status().pausedBy()));
      mem0.heal();

      awaitTurns(Fate.WRITTEN, 8);
      awaitRest(writer);
      assertThat(mem0.memories()).hasSize(8);
    }
  }

  @Test
  void
      a_task_that_fails_for_ever_does_not_keep_the_writer_from_seeing_that_the_provider_is_mended() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog stuck = watcher.chat("default-user:stuck", "Anna");
      stuck.user("I am stuck.");
      awaitTurns(Fate.WRITTEN, 1);
      mem0.on(Calls.delete()).always(Fault.status(400));
      stuck.edit(0, "I am free.");
      await().atMost(SOON).until(() -> mem0.calls(Calls.delete()).size() >= 4);
      mem0.on(Calls.add()).times(30, Fault.status(400));
      sixChatsAreRead();
      await().atMost(A_WHILE).until(() -> "provider".equals(writer.status().pausedBy()));
      assertThat(writer.status().lastError()).contains("400");

      awaitTurns(Fate.WRITTEN, 48);
      assertThat(turnsByFate()).doesNotContainKey(Fate.DEAD);
    }
  }

  @Test
  void the_turn_that_is_never_taken_is_given_up_and_the_rest_of_its_batch_is_written()
      throws Exception {
    mem0.on(Calls.add().and(Calls.bodyContaining("Poison"))).always(Fault.status(400));
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      for (int i = 0; i < 7; i++) {
        chat.user(i == 4 ? "Poison." : "Line " + i + ".");
      }

      awaitTurns(Fate.DEAD, 1);
      awaitTurns(Fate.WRITTEN, 6);
      awaitRest(writer);
      assertThat(writer.status().deadTurns()).isEqualTo(1);
      assertThat(writer.bean(WriterHealthIndicator.class).health().getStatus())
          .isEqualTo(Status.UP);
      assertThat(KAFKA.reader().records(Topics.TURNS_DLT)).hasSize(1);
      assertThat(mem0.memories()).hasSize(6);

      JsonNode dead = call(writer, "GET", "/v1/dead-letters", 200);
      assertThat(dead).hasSize(1);
      assertThat(dead.get(0).path("chat_id").asString()).isEqualTo("default-user:one");
      assertThat(dead.get(0).path("reason").asString()).contains("400");
      assertThat(dead.toString()).doesNotContain("Poison");
      String id = dead.get(0).path("id").asString();
      assertThat(call(writer, "GET", "/v1/dead-letters/" + id, 200)).isEqualTo(dead.get(0));

      mem0.heal();
      JsonNode requeued = call(writer, "POST", "/v1/requeues?fate=dead", 202);

      assertThat(requeued.path("turns").asInt()).isEqualTo(1);
      awaitTurns(Fate.WRITTEN, 7);
      awaitRest(writer);
      assertThat(memoriesOf("Poison")).isEqualTo(1);
      assertThat(call(writer, "GET", "/v1/dead-letters", 200)).isEmpty();
    }
  }

  @Test
  void a_provider_that_takes_shorter_texts_gets_them_however_many_longer_ones_it_has_refused() {
    mem0.on(Calls.add().and(call -> call.body().path("messages").size() > 8))
        .always(Fault.upstreamError("provider_bad_request"));
    Map<String, String> settings = settings();
    // What was refused is not written again while the chat goes on.
    settings.put("tavern.writer.batch.linger", "2s");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      for (int i = 0; i < 100; i++) {
        chat.user("Line " + (1000 + i) + " says a lot.");
      }

      awaitTurns(Fate.WRITTEN, 100);
      awaitRest(writer);
      assertThat(turnsByFate()).doesNotContainKey(Fate.DEAD);
      assertThat(mem0.memories()).hasSize(100);
    }
  }

  @Test
  void a_provider_that_takes_shorter_texts_gets_them_after_the_first_refusal() {
    mem0.on(Calls.add().and(call -> call.body().path("messages").size() > 8))
        .always(Fault.upstreamError("provider_bad_request"));
    ChatLog chat = watcher.chat("default-user:one", "Seraphina");
    for (int i = 0; i < 200; i++) {
      chat.user("Line " + (1000 + i) + " says a lot. ".repeat(15));
    }
    try (WriterUnderTest writer = startWriter()) {
      awaitTurns(Fate.WRITTEN, 200);
      awaitRest(writer);

      long refused =
          mem0.calls(Calls.add()).stream()
              .filter(call -> call.body().path("messages").size() > 8)
              .count();
      assertThat(refused).as("of 200 turns in batches of 20 at most").isLessThan(6);
      assertThat(turnsByFate()).doesNotContainKey(Fate.DEAD);
      assertThat(mem0.memories()).hasSize(200);
    }
  }

  @Test
  void a_turn_that_the_model_gives_no_usable_answer_to_is_given_up_and_nothing_waits_for_it() {
    mem0.on(Calls.add().and(Calls.bodyContaining("Poison"))).always(Fault.upstreamError("unknown"));
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      for (int i = 0; i < 7; i++) {
        chat.user(i == 4 ? "Poison." : "Line " + i + ".");
      }
      awaitTurns(Fate.WRITTEN, 6);
      awaitTurns(Fate.DEAD, 1);

      chat.user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 7);
      awaitRest(writer);
      assertThat(mem0.memories()).hasSize(7);
      long paid = mem0.calls(Calls.add().and(Calls.bodyContaining("Poison"))).size();
      assertThat(paid).as("calls of the model for nothing").isLessThan(25);
    }
  }

  @Test
  void a_model_that_gives_no_usable_answer_to_anything_makes_turns_wait() {
    mem0.on(Calls.add()).always(Fault.upstreamError("unknown"));
    try (WriterUnderTest writer = startWriter()) {
      sixChatsAreRead();
      await().atMost(A_WHILE).until(() -> "provider".equals(writer.status().pausedBy()));
      assertThat(turnsByFate()).doesNotContainKey(Fate.DEAD);

      mem0.heal();

      awaitTurns(Fate.WRITTEN, 48);
      awaitRest(writer);
      assertThat(mem0.memories()).hasSize(48);
    }
  }

  @Test
  void three_turns_that_are_never_taken_do_not_keep_the_next_one_waiting() {
    mem0.on(Calls.add().and(Calls.bodyContaining("Poison"))).always(Fault.status(400));
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      for (int i = 0; i < 3; i++) {
        int seen = i;
        chat.user("Poison " + i + ".");
        await()
            .atMost(SOON)
            .until(
                () ->
                    !mem0.calls(Calls.add().and(Calls.bodyContaining("Poison " + seen))).isEmpty());
      }
      await().atMost(A_WHILE).until(() -> "provider".equals(writer.status().pausedBy()));

      for (int said = 1; said <= 3; said++) {
        chat.user("Line " + said + ".");
        awaitTurns(Fate.WRITTEN, said);
      }

      awaitTurns(Fate.DEAD, 3);
      awaitRest(writer);
      assertThat(writer.status().pausedBy()).isNull();
    }
  }

  @Test
  void a_lone_turn_that_is_refused_waits_until_another_one_shows_whose_fault_it_is() {
    mem0.on(Calls.add().and(Calls.bodyContaining("Poison"))).always(Fault.status(400));
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("Poison.");
      await().atMost(SOON).until(() -> mem0.calls(Calls.add()).size() >= 3);
      assertThat(turnsByFate()).doesNotContainKey(Fate.DEAD);
      assertThat(writer.status().pausedBy()).isNull();

      watcher.chat("default-user:two", "Anna").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 1);
      awaitTurns(Fate.DEAD, 1);
      awaitRest(writer);
    }
  }

  @Test
  void what_mem0_found_nothing_in_is_counted_and_can_be_tried_again() throws Exception {
    mem0.on(Calls.add()).once(Fault.emptyResults());
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
      awaitTurns(Fate.EMPTY, 1);
      awaitRest(writer);
      await().atMost(SOON).until(() -> writer.status().emptyTurns() == 1);

      call(writer, "POST", "/v1/requeues?fate=empty&chat_id=default-user:two", 202);
      call(writer, "POST", "/v1/requeues?fate=empty&chat_id=default-user:one", 202);

      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
      assertThat(memoriesOf("Prague")).isEqualTo(1);
      assertThat(writer.status().emptyTurns()).isZero();
    }
  }

  @Test
  void what_cannot_be_tried_again_is_refused_with_what_can() throws Exception {
    try (WriterUnderTest writer = startWriter()) {
      awaitRest(writer);

      JsonNode problem = call(writer, "POST", "/v1/requeues?fate=written", 422);

      assertThat(problem.path("detail").asString()).contains("written", "empty, dead");
      assertThat(call(writer, "POST", "/v1/requeues", 422).path("detail").asString())
          .contains("fate=empty", "missing=true");
      assertThat(call(writer, "GET", "/v1/dead-letters/none", 404).path("detail").asString())
          .contains("none");
    }
  }

  private static JsonNode call(WriterUnderTest writer, String method, String path, int status)
      throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(writer.url() + path))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JsonMapper.shared().readTree(answer.body());
  }
}
