package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.curation.ChatIgnored;
import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.curation.Pinned;
import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Memories follow the chat. */
class ChatChangesIT extends WriterFixture {

  @Test
  void a_swiped_reply_is_forgotten_and_the_new_one_remembered() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("Where do I live?");
      chat.reply("In Prague.");
      awaitTurns(Fate.WRITTEN, 2);

      chat.swipe(1, "In Brno.");

      await().atMost(SOON).until(() -> memoriesOf("In Brno.") == 1);
      awaitRest(writer);
      assertThat(memoriesOf("In Prague.")).isZero();
      assertThat(memoriesOf("Where do I live?")).isEqualTo(1);
      assertThat(turnsByFate()).containsEntry(Fate.WRITTEN, 2L);
    }
  }

  @Test
  void a_deleted_turn_is_forgotten_and_the_rest_of_its_batch_remembered() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      chat.reply("Nice.");
      chat.user("I am a spy.");
      awaitTurns(Fate.WRITTEN, 3);

      chat.delete(2);

      await().atMost(SOON).until(() -> memoriesOf("spy") == 0);
      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);
      assertThat(memoriesOf("Prague")).isEqualTo(1);
    }
  }

  @Test
  void a_memory_that_mem0_refuses_to_delete_is_tried_again_and_not_called_retracted() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      chat.reply("Nice.");
      awaitTurns(Fate.WRITTEN, 2);

      mem0.on(Calls.delete()).always(Fault.status(400));
      chat.edit(0, "I live in Brno.");
      await().atMost(SOON).until(() -> mem0.calls(Calls.delete()).size() >= 4);
      assertThat(turnsByFate()).containsOnly(entry(Fate.RETRACTING, 2L));
      mem0.heal();

      await().atMost(SOON).until(() -> memoriesOf("Brno") == 1);
      awaitRest(writer);
      assertThat(memoriesOf("Prague")).isZero();
      assertThat(memoriesOf("Nice.")).isEqualTo(1);
    }
  }

  @Test
  void what_was_changed_and_changed_back_is_not_written_again() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);

      chat.edit(0, "I live in Brno.");
      chat.edit(0, "I live in Prague.");

      awaitRest(writer);
      assertThat(mem0.calls(Calls.add())).hasSize(1);
      assertThat(mem0.calls(Calls.delete())).isEmpty();
    }
  }

  @Test
  void hiding_is_not_forgetting() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);

      chat.hide(0, true);
      chat.user("Fine.");

      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);
      assertThat(memoriesOf("Prague")).isEqualTo(1);
      assertThat(mem0.calls(Calls.delete())).isEmpty();
    }
  }

  @Test
  void narrators_and_notices_are_skipped_with_a_reason() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.append(Role.NARRATOR, "", "It rains.", Op.CREATE, Cause.APPEND);
      chat.append(Role.SYSTEM, "", "A note.", Op.CREATE, Cause.APPEND);
      chat.user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 1);
      awaitTurns(Fate.SKIPPED, 2);
      awaitRest(writer);

      assertThat(KAFKA.reader().ledger().values())
          .filteredOn(entry -> entry.fate() == Fate.SKIPPED)
          .extracting(entry -> entry.reason())
          .containsExactlyInAnyOrder("narrator", "system");
      assertThat(mem0.memories()).hasSize(1);
    }
  }

  @Test
  void a_redelivered_event_writes_nothing_twice() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      chat.reply("Nice.");
      awaitTurns(Fate.WRITTEN, 2);

      KAFKA.reader().turnEvents().forEach(watcher::publish);

      watcher.flush();
      await().atMost(SOON).until(() -> committedBehind(writer, 4));
      awaitRest(writer);
      assertThat(mem0.calls(Calls.add())).hasSize(1);
    }
  }

  private static boolean committedBehind(WriterUnderTest writer, long records) {
    return writer.status().partitions().stream()
            .mapToLong(partition -> Math.max(0, partition.committable()))
            .sum()
        == records;
  }

  @Test
  void an_old_chat_is_written_in_full_batches_at_once_and_in_order() {
    Map<String, String> settings = settings();
    settings.put("tavern.writer.batch.backlog-turns", "10");
    settings.put("tavern.writer.batch.settle", "1h");
    settings.put("tavern.writer.batch.linger", "1h");
    settings.put("tavern.writer.batch.max-age", "2h");
    ChatLog chat =
        watcher.chat("default-user:old", "Seraphina").at(Instant.parse("2024-01-01T00:00:00Z"));
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 44; i++) {
      String text = "Line " + i + " of the old days.";
      texts.add(text);
      chat.snapshot(i % 2 == 0 ? Role.USER : Role.ASSISTANT, text);
    }
    watcher.flush();
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {

      awaitTurns(Fate.WRITTEN, 44);
      awaitRest(writer);

      assertThat(mem0.calls(Calls.add())).hasSize(5);
      for (int i = 0; i < 44; i++) {
        assertThat(memoryTexts().get(i)).contains(texts.get(i));
      }
      assertThat(mem0.calls(Calls.add()).get(0).body().path("prompt").asString())
          .contains("on 2024-01-01");
    }
  }

  @Test
  void what_a_user_forgot_does_not_come_back_when_its_batch_is_written_again() {
    mem0.close();
    mem0 = FaultyMem0Server.builder().start();
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      chat.reply("Nice.");
      awaitTurns(Fate.WRITTEN, 2);
      StoredMemory prague =
          mem0.memories().stream()
              .filter(memory -> memory.text().contains("Prague"))
              .findFirst()
              .orElseThrow();
      Scope scope = new Scope("default-user", "Seraphina");
      Forgotten decision =
          new Forgotten(scope, prague.id(), prague.text(), null, List.of(), List.of(), 1);
      decide(decision, CurationCodec.encode(decision));

      chat.swipe(1, "How cold it must be there.");

      await().atMost(SOON).until(() -> memoriesOf("cold") == 1);
      awaitRest(writer);
      assertThat(memoriesOf("Prague")).isZero();
      assertThat(turnsByFate()).containsEntry(Fate.WRITTEN, 2L);
      assertThat(
              writer
                  .bean(MeterRegistry.class)
                  .get("tavern.writer.mem0.calls")
                  .tags("operation", "forget", "outcome", "ok")
                  .timer()
                  .count())
          .isEqualTo(1);
    }
  }

  @Test
  void what_a_user_forgot_does_not_come_back_when_all_of_its_batch_is_reworded() {
    mem0.close();
    mem0 = FaultyMem0Server.builder().start();
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague, near the old castle, with two black cats.");
      awaitTurns(Fate.WRITTEN, 1);
      StoredMemory prague = mem0.memories().get(0);
      Scope scope = new Scope("default-user", "Seraphina");
      Forgotten decision =
          new Forgotten(scope, prague.id(), prague.text(), null, List.of(), List.of(), 1);
      decide(decision, CurationCodec.encode(decision));

      chat.edit(0, "I live in Prague, near the old castle, with two black cats!");

      awaitTurns(Fate.EMPTY, 1);
      awaitRest(writer);
      assertThat(memoriesOf("Prague")).isZero();
    }
  }

  private void decide(Curation decision, byte[] value) {
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      producer.append(
          Topics.CURATION,
          ScopePartition.of(decision.scope(), TurnPublisher.PARTITIONS),
          decision.key().bytes(),
          value);
    }
  }

  @Test
  void a_pinned_memory_stays_as_it_is_when_its_batch_is_written_again() {
    mem0.close();
    mem0 = FaultyMem0Server.builder().start();
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      chat.reply("Nice.");
      awaitTurns(Fate.WRITTEN, 2);
      StoredMemory prague =
          mem0.memories().stream()
              .filter(memory -> memory.text().contains("Prague"))
              .findFirst()
              .orElseThrow();
      Pinned pinned =
          new Pinned(
              new Scope("default-user", "Seraphina"),
              prague.id(),
              prague.text(),
              null,
              List.of(),
              List.of(),
              1);
      decide(pinned, CurationCodec.encode(pinned));

      chat.swipe(1, "How cold it must be there.");

      await().atMost(SOON).until(() -> memoriesOf("cold") == 1);
      awaitRest(writer);
      assertThat(mem0.memories().stream().filter(memory -> memory.text().contains("Prague")))
          .extracting(StoredMemory::id)
          .containsExactly(prague.id());
    }
  }

  @Test
  void a_chat_that_is_not_to_be_remembered_is_not_until_its_user_wants_it_after_all() {
    ChatIgnored ignored =
        new ChatIgnored(new Scope("default-user", "Seraphina"), "default-user:one", 1);
    try (WriterUnderTest writer = startWriter()) {
      awaitRest(writer);
      decide(ignored, CurationCodec.encode(ignored));
    }
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      chat.reply("Nice.");
      awaitTurns(Fate.SKIPPED, 2);
      awaitRest(writer);
      assertThat(mem0.calls(Calls.add())).isEmpty();

      decide(ignored, null);

      awaitTurns(Fate.WRITTEN, 2);
      assertThat(memoriesOf("Prague")).isEqualTo(1);
    }
  }

  @Test
  void what_an_option_left_out_is_remembered_when_its_chat_is_published_again() {
    ChatLog chat = watcher.chat("default-user:one", "Seraphina");
    try (WriterUnderTest writer = startWriter()) {
      chat.user("I live in Prague.");
      chat.append(Role.NARRATOR, "", "It snows in Prague.", Op.CREATE, Cause.APPEND);
      awaitTurns(Fate.WRITTEN, 1);
      awaitTurns(Fate.SKIPPED, 1);
      awaitRest(writer);
    }
    Map<String, String> settings = WriterUnderTest.quick(KAFKA, mem0.url());
    settings.put("tavern.writer.narrator", "true");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      awaitRest(writer);
      assertThat(memoriesOf("snows")).isZero();

      chat.read();

      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);
      assertThat(memoriesOf("snows")).isEqualTo(1);
      assertThat(mem0.calls(Calls.add())).hasSize(2);
    }
  }

  @Test
  void a_branch_that_is_deleted_takes_nothing_along() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      chat.reply("Nice.");
      awaitTurns(Fate.WRITTEN, 2);
      ChatLog branch = watcher.chat("default-user:branch", "Seraphina").copyOf(chat, 2);
      awaitTurns(Fate.SAID, 2);

      chat.deleteChat();

      await().atMost(SOON).until(() -> turnsByFate().getOrDefault(Fate.SAID, 0L) == 0);
      awaitRest(writer);
      assertThat(mem0.calls(Calls.add())).hasSize(1);
      assertThat(mem0.calls(Calls.delete())).isEmpty();
      assertThat(memoriesOf("Prague")).isEqualTo(1);
      assertThat(branch.turns()).hasSize(2);
    }
  }
}
