package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.Merging;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** mem0 1.x changes and deletes memories of earlier batches: nobody's facts go with another's. */
class MergesIT extends WriterFixture {

  /** What is said of a drink takes the place of the drink that was named before. */
  private static Merging.Step drinks(String fact, List<StoredMemory> memories) {
    return memories.stream()
        .filter(memory -> fact.contains("drink") && memory.text().contains("drink"))
        .findFirst()
        .<Merging.Step>map(
            memory ->
                fact.contains("no more")
                    ? new Merging.Step.Delete(memory.id())
                    : new Merging.Step.Update(memory.id(), fact))
        .orElseGet(Merging.Step.Add::new);
  }

  private WriterUnderTest startWriterOnMem0V1() {
    mem0.close();
    mem0 =
        FaultyMem0Server.builder()
            .generation(Generation.V1)
            .extractor(Extractor.verbatim())
            .merging(MergesIT::drinks)
            .start();
    return startWriter();
  }

  private void coffeeThenTea(WriterUnderTest writer, ChatLog first, ChatLog second) {
    first.user("I drink black coffee.");
    awaitTurns(Fate.WRITTEN, 1);
    second.user("I drink green tea now.");
    awaitTurns(Fate.WRITTEN, 2);
    awaitRest(writer);
    assertThat(memoryTexts()).containsExactly("Alex: I drink green tea now.");
    assertThat(KAFKA.reader().ledger().values())
        .flatExtracting(LedgerEntry::merges)
        .extracting(Merge::change)
        .containsExactly(Merge.Change.UPDATE);
  }

  @Test
  void editing_what_a_later_chat_had_overwritten_takes_nothing_from_that_chat() {
    try (WriterUnderTest writer = startWriterOnMem0V1()) {
      ChatLog first = watcher.chat("default-user:one", "Seraphina");
      coffeeThenTea(writer, first, watcher.chat("default-user:two", "Seraphina"));

      first.edit(0, "I live in Prague.");

      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(memoryTexts())
                      .containsExactlyInAnyOrder(
                          "Alex: I live in Prague.", "Alex: I drink green tea now."));
      awaitRest(writer);
      awaitTurns(Fate.WRITTEN, 2);
    }
  }

  @Test
  void what_a_deleted_turn_had_overwritten_is_there_again() {
    try (WriterUnderTest writer = startWriterOnMem0V1()) {
      ChatLog second = watcher.chat("default-user:two", "Seraphina");
      coffeeThenTea(writer, watcher.chat("default-user:one", "Seraphina"), second);

      second.delete(0);

      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(memoryTexts()).containsExactly("Alex: I drink black coffee."));
      awaitRest(writer);
    }
  }

  @Test
  void what_a_deleted_turn_had_deleted_is_there_again_after_a_restart_too() {
    ChatLog second = watcher.chat("default-user:two", "Seraphina");
    try (WriterUnderTest writer = startWriterOnMem0V1()) {
      watcher.chat("default-user:one", "Seraphina").user("I drink black coffee.");
      awaitTurns(Fate.WRITTEN, 1);
      second.user("I drink no more.");
      awaitTurns(Fate.EMPTY, 1);
      awaitRest(writer);
      assertThat(memoryTexts()).isEmpty();
    }

    try (WriterUnderTest writer = startWriter()) {
      awaitRest(writer);
      second.delete(0);

      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(memoryTexts()).containsExactly("Alex: I drink black coffee."));
      awaitRest(writer);
    }
  }

  @Test
  void a_memory_that_bears_anothers_batch_by_now_is_not_deleted() {
    try (WriterUnderTest writer = startWriterOnMem0V1()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
      StoredMemory memory = mem0.memories().get(0);
      mem0.put(
          StoredMemory.of(
              memory.id(),
              "Somebody else's.",
              Objects.requireNonNull(memory.userId()),
              Objects.requireNonNull(memory.agentId()),
              Map.of("batch_id", "unheard-of")));

      chat.delete(0);

      awaitTurns(Fate.RETRACTED, 1);
      awaitRest(writer);
      assertThat(memoryTexts()).containsExactly("Somebody else's.");
    }
  }

  @Test
  void what_a_batch_that_is_done_with_had_put_in_a_memory_goes_with_the_memory() {
    try (WriterUnderTest writer = startWriterOnMem0V1()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
      StoredMemory memory = mem0.memories().get(0);
      mem0.put(
          StoredMemory.of(
              memory.id(),
              "Alex lives in Paris",
              Objects.requireNonNull(memory.userId()),
              Objects.requireNonNull(memory.agentId()),
              Map.of(
                  "batch_id",
                  "forgotten",
                  "turn_ids",
                  Objects.requireNonNull(memory.metadata().get("turn_ids")))));

      chat.delete(0);

      awaitTurns(Fate.RETRACTED, 1);
      awaitRest(writer);
      assertThat(memoryTexts()).isEmpty();
    }
  }

  @Test
  void what_found_its_fact_in_a_memory_that_was_stored_late_is_written_again_when_that_goes() {
    try (WriterUnderTest writer = startWriterOnMem0V1()) {
      ChatLog first = watcher.chat("default-user:one", "Seraphina");
      first.user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);
      StoredMemory known = mem0.memories().get(0);
      mem0.put(
          StoredMemory.of(
              "late",
              "Alex is tall",
              Objects.requireNonNull(known.userId()),
              Objects.requireNonNull(known.agentId()),
              known.metadata()));
      mem0.on(Calls.add())
          .once(Fault.respond(200, "{\"results\":[{\"id\":\"late\",\"event\":\"NONE\"}]}"));
      watcher.chat("default-user:two", "Seraphina").user("I am tall.");
      awaitTurns(Fate.EMPTY, 1);
      awaitRest(writer);

      first.delete(0);

      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(memoryTexts()).containsExactly("Alex: I am tall."));
      awaitRest(writer);
    }
  }

  @Test
  void what_mem0_deleted_for_a_batch_of_which_nothing_exists_is_known_and_comes_back() {
    try (WriterUnderTest writer = startWriterOnMem0V1()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
      String prague = mem0.memories().get(0).id();
      mem0.remove(prague);
      mem0.on(Calls.add())
          .once(
              Fault.respond(
                  200,
                  "{\"results\":[{\"id\":\"phantom\",\"memory\":\"tea\",\"event\":\"ADD\"},{\"id\":\""
                      + prague
                      + "\",\"memory\":\"\",\"event\":\"DELETE\"}]}"));

      watcher.chat("default-user:two", "Seraphina").user("I moved to Brno.");

      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(memoryTexts())
                      .containsExactlyInAnyOrder(
                          "Alex: I live in Prague.", "Alex: I moved to Brno."));
      awaitRest(writer);
      awaitTurns(Fate.WRITTEN, 2);
    }
  }

  @Test
  void a_batch_of_which_nothing_exists_again_and_again_is_given_up_and_said_to_be() {
    try (WriterUnderTest writer = startWriterOnMem0V1()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
      String prague = mem0.memories().get(0).id();
      mem0.on(Calls.add().and(Calls.bodyContaining("Brno")))
          .always(
              Fault.respond(
                  200,
                  "{\"results\":[{\"id\":\"phantom\",\"memory\":\"tea\",\"event\":\"ADD\"},{\"id\":\""
                      + prague
                      + "\",\"memory\":\"\",\"event\":\"DELETE\"}]}"));

      watcher.chat("default-user:two", "Seraphina").user("I moved to Brno.");

      awaitTurns(Fate.DEAD, 1);
      awaitRest(writer);
      assertThat(writer.status().deadTurns()).isEqualTo(1);
      assertThat(memoryTexts()).containsExactly("Alex: I live in Prague.");
    }
  }

  @Test
  void what_was_stored_without_an_answer_is_taken_back_and_written_again_with_what_it_changed() {
    try (WriterUnderTest writer = startWriterOnMem0V1()) {
      watcher.chat("default-user:one", "Seraphina").user("I drink black coffee.");
      awaitTurns(Fate.WRITTEN, 1);
      mem0.on(Calls.add()).once(Fault.resetAfter());

      watcher.chat("default-user:two", "Seraphina").user("I drink green tea now.");

      await().atMost(SOON).until(() -> mem0.calls(Calls.add()).size() >= 4);
      awaitRest(writer);
      awaitTurns(Fate.WRITTEN, 2);
      assertThat(memoryTexts()).containsExactly("Alex: I drink green tea now.");
      assertThat(KAFKA.reader().ledger().values()).flatExtracting(LedgerEntry::merges).hasSize(1);
    }
  }

  @Test
  void too_many_merged_batches_wait_for_an_operator() {
    try (WriterUnderTest writer = startWriterOnMem0V1()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      for (int i = 0; i < 10; i++) {
        watcher.chat("default-user:" + i, "Seraphina").user("I drink cup " + i + ".");
        awaitTurns(Fate.WRITTEN, i + 1);
      }
      chat.user("I drink the last cup.");
      awaitTurns(Fate.WRITTEN, 11);
      awaitRest(writer);

      chat.edit(0, "I live in Prague.");

      awaitTurns(Fate.HELD, 1);
      assertThat(writer.status().held())
          .singleElement()
          .satisfies(
              hold ->
                  assertThat(hold.reason())
                      .isEqualTo(
                          "mem0 merged it with 10 other batches, which would be written again"));
      await().atMost(Duration.ofSeconds(5)).until(() -> memoriesOf("Prague") == 1);
    }
  }
}
