package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Mem0Call;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A mem0 that takes idempotency keys is asked again, not searched, when it gave no answer. */
class RepeatedPostsIT extends WriterFixture {
  private final AtomicInteger asked = new AtomicInteger();
  private final Extractor wordings = Extractor.paraphrasing();

  @BeforeEach
  void startMem0ThatKeepsAnswers() {
    mem0.close();
    mem0 =
        FaultyMem0Server.builder()
            .keepsAnswers()
            .extractor(
                (messages, prompt) -> {
                  asked.incrementAndGet();
                  return wordings.facts(messages, prompt);
                })
            .start();
  }

  private List<String> keys() {
    return mem0.calls(Calls.add()).stream()
        .map(Mem0Call::headers)
        .map(headers -> headers.getOrDefault("idempotency-key", "none"))
        .toList();
  }

  private List<LedgerEntry> batches() {
    return List.copyOf(KAFKA.reader().ledger().values());
  }

  @Test
  void what_was_stored_without_an_answer_is_complete_and_costs_no_model_again() {
    mem0.on(Calls.add()).once(Fault.storesButTimesOut());
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
    }
    assertThat(asked).as("calls of the model").hasValue(1);
    assertThat(memoriesOf("Prague")).isEqualTo(1);
    assertThat(keys()).hasSize(2).containsOnly(batches().get(0).batchId());
    assertThat(batches()).as("written once").hasSize(1);
    assertThat(batches().get(0).reason()).isNull();
  }

  @Test
  void an_add_that_never_came_to_mem0_is_posted_again_at_once() {
    mem0.on(Calls.add()).once(Fault.resetBefore());
    var settings = settings();
    settings.put("tavern.writer.retry.reconcile-grace", "10m");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
    }
    assertThat(memoriesOf("Prague")).isEqualTo(1);
  }

  @Test
  void a_batch_that_was_on_its_way_is_posted_again_after_a_crash_without_waiting() {
    mem0.on(Calls.add()).once(Fault.storesButTimesOut());
    var settings = settings();
    settings.put("mem0.write-timeout-ms", "600000");
    watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
    try (WriterProcess writer = WriterProcess.start(settings)) {
      await().atMost(SOON).until(() -> memoriesOf("Prague") == 1);
      writer.kill();
    }

    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
    }
    assertThat(asked).as("calls of the model").hasValue(1);
    assertThat(memoriesOf("Prague")).isEqualTo(1);
  }

  @Test
  void what_was_deleted_while_it_was_on_its_way_is_taken_back_after_a_crash() {
    mem0.on(Calls.add()).once(Fault.storesButTimesOut());
    var settings = settings();
    settings.put("mem0.write-timeout-ms", "600000");
    ChatLog chat = watcher.chat("default-user:one", "Seraphina");
    chat.user("I live in Prague.");
    try (WriterProcess writer = WriterProcess.start(settings)) {
      await().atMost(SOON).until(() -> memoriesOf("Prague") == 1);
      writer.kill();
    }

    chat.delete(0);
    watcher.flush();
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      await().atMost(SOON).until(() -> mem0.memories().isEmpty());
      awaitRest(writer);
    }
    assertThat(turnsByFate()).isEqualTo(Map.of(Fate.RETRACTED, 1L));
  }

  @Test
  void what_a_dying_mem0_had_stored_in_part_is_not_there_twice() {
    mem0.on(Calls.add().and(this::isLeftInPart)).once(Fault.resetBefore());
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
    }
    assertThat(memoryTexts()).as("of the second post alone").hasSize(1);
    assertThat(memoriesOf("part")).isZero();
  }

  /** As mem0 leaves it that is killed amid an add: stored, and no answer is kept. */
  private boolean isLeftInPart(Mem0Call add) {
    mem0.put(
        StoredMemory.of(
            "00000000-0000-4000-8000-000000000001",
            "a part of it",
            "default-user",
            "Seraphina",
            Map.of("batch_id", add.body().path("metadata").path("batch_id").stringValue(""))));
    return true;
  }

  @Test
  void ids_that_do_not_exist_are_not_asked_for_again_under_the_same_key() {
    mem0.on(Calls.add()).once(Fault.phantomIds());
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
    }
    assertThat(keys()).hasSize(2).doesNotHaveDuplicates().doesNotContain("none");
  }

  @Test
  void a_key_that_mem0_knows_with_other_words_is_given_up_and_the_batch_looked_for() {
    mem0.on(Calls.add())
        .once(Fault.respond(422, "{\"detail\":\"This key came with another body before.\"}"));
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
    }
    assertThat(keys()).hasSize(2).endsWith("none");
    assertThat(mem0.calls(Calls.search())).as("looks").isNotEmpty();
    assertThat(turnsByFate()).doesNotContainKey(Fate.DEAD);
  }

  @Test
  void a_mem0_without_keys_gets_none_and_is_searched_as_ever() {
    mem0.close();
    mem0 = FaultyMem0Server.builder().extractor(Extractor.paraphrasing()).start();
    mem0.on(Calls.add()).once(Fault.storesButTimesOut());
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      await().atMost(SOON).until(() -> !mem0.calls(Calls.search()).isEmpty());
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
    }
    assertThat(keys()).containsOnly("none");
  }

  @Test
  void a_server_that_takes_none_any_more_is_searched() {
    mem0.on(Calls.add()).once(Fault.storesButTimesOut());
    mem0.on(Calls.to("GET", "/ready").and(call -> !mem0.calls(Calls.add()).isEmpty()))
        .always(Fault.status(404));
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      await().atMost(SOON).until(() -> !mem0.calls(Calls.search()).isEmpty());
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
    }
    assertThat(memoriesOf("Prague")).isEqualTo(1);
  }
}
