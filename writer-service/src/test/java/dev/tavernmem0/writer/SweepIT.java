package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import dev.tavernmem0.writer.consume.SweepStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What mem0 holds is compared with what was written, and what differs is mended or told. */
class SweepIT extends WriterFixture {

  @Override
  Map<String, String> settings() {
    Map<String, String> settings = super.settings();
    settings.put("tavern.writer.sweep.every", "0s");
    return settings;
  }

  private ChatLog chat;

  @BeforeEach
  void openChat() {
    chat = watcher.chat("default-user:one", "Seraphina");
  }

  private void written(WriterUnderTest writer, String... texts) {
    for (String text : texts) {
      chat.user(text);
    }
    awaitTurns(Fate.WRITTEN, texts.length);
    awaitRest(writer);
  }

  private SweepStatus swept(WriterUnderTest writer) {
    writer.sweep(SOON);
    return writer.status().sweep();
  }

  private static LedgerEntry theBatch() {
    return KAFKA.reader().ledger().values().stream()
        .filter(entry -> !entry.memoryIds().isEmpty())
        .findFirst()
        .orElseThrow();
  }

  private static StoredMemory late(LedgerEntry batch, String id, String text) {
    return StoredMemory.of(
        id,
        text,
        "default-user",
        "Seraphina",
        Map.of("batch_id", batch.batchId(), "turn_ids", List.of(batch.turns().get(0).turnId())));
  }

  @Test
  void nothing_is_found_where_mem0_holds_what_was_written() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.", "I drink tea.");

      SweepStatus sweep = swept(writer);

      assertThat(sweep.findings()).isEmpty();
      assertThat(sweep.deleted() + sweep.adopted()).isZero();
      assertThat(mem0.calls(Calls.list())).hasSize(1);
    }
  }

  @Test
  void what_mem0_has_lost_is_told_and_written_again_when_an_operator_says_so() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      LedgerEntry batch = theBatch();
      String lost = batch.memoryIds().get(0);
      mem0.remove(lost);

      SweepStatus sweep = swept(writer);

      assertThat(sweep.missingMemories()).isEqualTo(1);
      assertThat(sweep.missingBatches()).isEqualTo(1);
      JsonNode finding = new Api(writer).get("/v1/sweep").path("findings").get(0);
      assertThat(finding.path("agent_id").asString()).isEqualTo("Seraphina");
      JsonNode missing = finding.path("missing").get(0);
      assertThat(missing.path("batch_id").asString()).isEqualTo(batch.batchId());
      assertThat(missing.path("memory_ids").get(0).asString()).isEqualTo(lost);
      assertThat(mem0.memories()).as("nothing is written unasked").isEmpty();

      JsonNode requeued = new Api(writer).call("POST", "/v1/requeues?missing=true", 202);

      assertThat(requeued.path("batches").asInt()).isEqualTo(1);
      await().atMost(SOON).until(() -> memoriesOf("I live in Prague.") == 1);
      awaitRest(writer);
      assertThat(swept(writer).findings()).isEmpty();
    }
  }

  @Test
  void what_was_stored_late_twice_is_deleted_and_once_is_learned() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      LedgerEntry batch = theBatch();
      mem0.put(late(batch, "twin", memoryTexts().get(0)));
      mem0.put(late(batch, "other", "Alex likes bridges"));

      SweepStatus sweep = swept(writer);

      assertThat(sweep.deleted()).isEqualTo(1);
      assertThat(sweep.adopted()).isEqualTo(1);
      assertThat(mem0.memories())
          .extracting(StoredMemory::id)
          .containsExactlyInAnyOrder(batch.memoryIds().get(0), "other");
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(theBatch().memoryIds())
                      .containsExactly(batch.memoryIds().get(0), "other"));
    }
  }

  @Test
  void what_was_stored_after_it_was_taken_back_is_deleted() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      LedgerEntry before = theBatch();
      chat.edit(0, "I live in Brno.");
      await().atMost(SOON).until(() -> memoriesOf("I live in Brno.") == 1);
      awaitRest(writer);
      mem0.put(late(before, "late", "Alex lives in Prague"));

      assertThat(swept(writer).deleted()).isEqualTo(1);

      assertThat(memoriesOf("Prague")).isZero();
      assertThat(memoriesOf("Brno")).isEqualTo(1);
    }
  }

  @Test
  void memories_of_others_in_the_same_scope_are_left_alone() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      mem0.put(StoredMemory.of("by hand", "Alex is kind", "default-user", "Seraphina", Map.of()));
      mem0.put(
          StoredMemory.of(
              "stranger",
              "Alex is tall",
              "default-user",
              "Seraphina",
              Map.of("batch_id", "0123456789abcdef", "turn_ids", List.of("elsewhere"))));

      SweepStatus sweep = swept(writer);

      assertThat(sweep.strangers()).isEqualTo(1);
      assertThat(sweep.deleted()).isZero();
      assertThat(mem0.memories()).hasSize(3);
    }
  }

  private static StoredMemory stranger(String id) {
    return StoredMemory.of(
        id,
        "Alex is " + id,
        "default-user",
        "Seraphina",
        Map.of("batch_id", "0123456789abcdef", "turn_ids", List.of("elsewhere")));
  }

  /** What a comparison finds that changes nothing. */
  private static JsonNode dryRun(WriterUnderTest writer) {
    Api api = new Api(writer);
    api.call("POST", "/v1/sweep?dry_run=true", 202);
    return await()
        .atMost(SOON)
        .until(
            () -> api.get("/v1/sweep"),
            sweep -> sweep.path("compared").asInt() == sweep.path("scopes").asInt());
  }

  @Test
  void a_dry_run_tells_what_another_would_mend_and_changes_nothing() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      LedgerEntry batch = theBatch();
      mem0.put(late(batch, "twin", memoryTexts().get(0)));
      mem0.put(late(batch, "other", "Alex likes bridges"));
      mem0.put(stranger("tall"));

      JsonNode found = dryRun(writer);

      for (String kind : List.of("left_over", "unrecorded", "strangers")) {
        assertThat(found.path(kind).asInt()).as(kind).isEqualTo(1);
        assertThat(found.path("findings").get(0).path(kind).asInt()).as(kind).isEqualTo(1);
      }
      assertThat(found.path("deleted").asInt() + found.path("adopted").asInt()).isZero();
      assertThat(mem0.memories()).hasSize(4);
      assertThat(theBatch().memoryIds()).hasSize(1);
      assertThat(dryRun(writer).path("left_over").asInt()).as("found again").isEqualTo(1);
      assertThat(mem0.calls(Calls.delete())).isEmpty();

      SweepStatus mended = swept(writer);

      assertThat(mended.deleted()).isEqualTo(1);
      assertThat(mended.adopted()).isEqualTo(1);
      JsonNode after = dryRun(writer);
      assertThat(after.path("left_over").asInt() + after.path("unrecorded").asInt()).isZero();
    }
  }

  @Test
  void what_nobody_here_wrote_is_deleted_when_an_operator_who_has_seen_it_says_so() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      mem0.put(stranger("tall"));
      mem0.put(StoredMemory.of("by hand", "Alex is kind", "default-user", "Seraphina", Map.of()));
      Api api = new Api(writer);
      api.problem("POST", "/v1/sweep?delete_strangers=1", 409);
      assertThat(mem0.memories()).as("nobody had seen it").hasSize(3);
      assertThat(dryRun(writer).path("strangers").asInt()).isEqualTo(1);
      mem0.put(stranger("late"));

      api.problem("POST", "/v1/sweep?delete_strangers=2", 409);
      api.call("POST", "/v1/sweep?delete_strangers=1", 202);
      await().atMost(SOON).until(() -> writer.status().sweep().deleted() == 1);

      assertThat(mem0.memories())
          .extracting(StoredMemory::id)
          .as("what was not there when it was counted stays")
          .contains("late", "by hand")
          .doesNotContain("tall");
      assertThat(memoriesOf("I live in Prague.")).isEqualTo(1);
      assertThat(swept(writer).strangers()).isEqualTo(1);
    }
  }

  @Test
  void scopes_are_compared_in_their_time_without_being_asked_for() {
    Map<String, String> settings = settings();
    settings.put("tavern.writer.sweep.every", "1s");
    settings.put("tavern.writer.sweep.first-after", "0s");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      written(writer, "I live in Prague.");
      mem0.remove(theBatch().memoryIds().get(0));

      await().atMost(SOON).until(() -> writer.status().sweep().missingMemories() == 1);
    }
  }

  @Test
  void a_mem0_that_cannot_list_is_told_of_and_keeps_nothing_waiting() {
    mem0.on(Calls.list()).always(Fault.status(405));
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      new Api(writer).call("POST", "/v1/sweep", 202);

      await().atMost(SOON).until(() -> writer.status().sweep().lastError() != null);

      chat.user("I drink tea.");
      awaitTurns(Fate.WRITTEN, 2);
      assertThat(writer.status().sweep().compared()).isZero();
      assertThat(writer.status().pausedBy()).isNull();
    }
  }

  @Test
  void what_is_said_meanwhile_is_written_after_the_call_that_is_under_way() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      LedgerEntry batch = theBatch();
      for (int i = 0; i < 10; i++) {
        mem0.put(late(batch, "twin" + i, memoryTexts().get(0)));
      }
      mem0.on(Calls.delete()).times(10, Fault.delay(Duration.ofMillis(700)));
      new Api(writer).call("POST", "/v1/sweep", 202);
      await().atMost(SOON).until(() -> !mem0.calls(Calls.delete()).isEmpty());

      chat.user("I drink tea.");
      awaitTurns(Fate.WRITTEN, 2);

      assertThat(mem0.calls(Calls.delete()).size()).as("twins deleted by then").isLessThan(9);
      mem0.heal();
      await().atMost(SOON).until(() -> writer.status().sweep().deleted() == 10);
      assertThat(memoriesOf("I live in Prague.")).isEqualTo(1);
    }
  }

  @Test
  void a_refused_key_amid_a_sweep_deletes_nothing_that_was_written_meanwhile() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      mem0.on(Calls.list()).times(5, Fault.status(401));
      new Api(writer).call("POST", "/v1/sweep", 202);
      await().atMost(SOON).until(() -> "auth".equals(writer.status().pausedBy()));
      chat.edit(0, "I live in Brno.");

      await().atMost(SOON).until(() -> memoriesOf("I live in Brno.") == 1);
      awaitRest(writer);
      await()
          .atMost(SOON)
          .until(() -> writer.status().sweep().compared() == writer.status().sweep().scopes());

      assertThat(memoriesOf("I live in Brno.")).isEqualTo(1);
      assertThat(writer.status().sweep().findings()).isEmpty();
    }
  }

  @Test
  void it_rests_while_an_operator_pauses() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      Api api = new Api(writer);
      api.call("POST", "/v1/pause", 200);
      int before = mem0.calls().size();
      api.call("POST", "/v1/sweep", 202);
      await().during(Duration.ofSeconds(1)).atMost(SOON).until(() -> mem0.calls().size() == before);

      api.call("POST", "/v1/resume", 200);

      await().atMost(SOON).until(() -> writer.status().sweep().compared() == 1);
    }
  }

  private void edited(WriterUnderTest writer, String text) {
    chat.edit(0, text);
    await().atMost(SOON).until(() -> memoriesOf(text) == 1);
    awaitRest(writer);
  }

  private static StoredMemory ofAForgottenBatch(LedgerEntry batch) {
    return StoredMemory.of(
        "forgotten",
        "Alex lives in Paris",
        "default-user",
        "Seraphina",
        Map.of("batch_id", "0123456789abcdef", "turn_ids", List.of(batch.turns().get(0).turnId())));
  }

  @Test
  void what_bears_an_id_that_the_ledger_has_forgotten_goes_when_it_is_found_so_again() {
    Map<String, String> settings = settings();
    settings.put("tavern.writer.sweep.retry", "2s");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      written(writer, "I live in Prague.");
      mem0.put(ofAForgottenBatch(theBatch()));

      assertThat(swept(writer).deleted()).isZero();
      await().atMost(SOON).until(() -> writer.status().sweep().deleted() == 1);

      assertThat(memoriesOf("Paris")).isZero();
      assertThat(memoriesOf("Prague")).isEqualTo(1);
    }
  }

  @Test
  void it_stays_until_then_whoever_asks_for_what() {
    Map<String, String> settings = settings();
    settings.put("tavern.writer.sweep.retry", "1h");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      written(writer, "I live in Prague.");
      mem0.put(ofAForgottenBatch(theBatch()));
      assertThat(swept(writer).deleted()).isZero();

      assertThat(dryRun(writer).path("left_over").asInt()).isEqualTo(1);
      assertThat(swept(writer).deleted()).isZero();
      dryRun(writer);

      assertThat(mem0.calls(Calls.delete())).isEmpty();
      assertThat(memoriesOf("Paris")).isEqualTo(1);
    }
  }

  @Test
  void what_is_to_be_looked_at_again_is_that_also_when_mem0_fails_meanwhile() {
    Map<String, String> settings = settings();
    settings.put("tavern.writer.sweep.retry", "2s");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      written(writer, "I live in Prague.");
      mem0.put(
          StoredMemory.of(
              "forgotten",
              "Alex lives in Paris",
              "default-user",
              "Seraphina",
              Map.of(
                  "batch_id",
                  "0123456789abcdef",
                  "turn_ids",
                  List.of(theBatch().turns().get(0).turnId()))));
      assertThat(swept(writer).deleted()).isZero();
      mem0.on(Calls.list()).once(Fault.status(503));

      await().atMost(SOON).until(() -> writer.status().sweep().deleted() == 1);

      assertThat(memoriesOf("Paris")).isZero();
    }
  }

  @Test
  void what_says_the_words_of_a_batch_that_is_done_with_is_written_again_as_it_was_said() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      LedgerEntry prague = theBatch();
      edited(writer, "I live in Brno.");
      StoredMemory brno = mem0.memories().get(0);
      mem0.put(late(prague, brno.id(), "Alex lives in Prague"));
      assertThat(swept(writer).missingMemories()).isEqualTo(1);

      new Api(writer).call("POST", "/v1/requeues?missing=true", 202);

      await().atMost(SOON).until(() -> memoriesOf("I live in Brno.") == 1);
      awaitRest(writer);
      assertThat(memoriesOf("Prague")).isZero();
      assertThat(swept(writer).findings()).isEmpty();
      assertThat(memoriesOf("I live in Brno.")).isEqualTo(1);
    }
  }

  @Test
  void a_left_over_that_mem0_does_not_delete_hides_nothing_else() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      chat.user("I drink tea.");
      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);
      LedgerEntry batch = theBatch();
      String text = memoryTexts().get(0);
      mem0.put(late(batch, "first twin", text));
      mem0.put(late(batch, "second twin", text));
      mem0.remove(mem0.memories().get(1).id());
      mem0.on(Calls.delete()).once(Fault.status(400));

      new Api(writer).call("POST", "/v1/sweep", 202);

      await().atMost(SOON).until(() -> writer.status().sweep().missingMemories() == 1);
      assertThat(writer.status().sweep().deleted()).isEqualTo(1);
      assertThat(writer.status().sweep().lastError()).contains("400");
    }
  }

  @Test
  void a_mem0_that_refuses_the_key_is_told_of_until_it_takes_it_though_nothing_is_said() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      mem0.on(Calls.list()).always(Fault.status(401));
      new Api(writer).call("POST", "/v1/sweep", 202);
      await().atMost(SOON).until(() -> "auth".equals(writer.status().pausedBy()));
      await()
          .during(Duration.ofSeconds(2))
          .atMost(SOON)
          .until(() -> "auth".equals(writer.status().pausedBy()));

      mem0.heal();

      await().atMost(SOON).until(() -> writer.status().sweep().compared() == 1);
      await().atMost(SOON).until(() -> writer.status().pausedBy() == null);
    }
  }

  @Test
  void a_mem0_that_fails_is_told_of() {
    try (WriterUnderTest writer = startWriter()) {
      written(writer, "I live in Prague.");
      mem0.on(Calls.list()).always(Fault.status(503));

      new Api(writer).call("POST", "/v1/sweep", 202);

      await().atMost(SOON).until(() -> writer.status().lastError() != null);
      assertThat(writer.status().lastError()).contains("503");
      await().atMost(SOON).until(() -> writer.status().sweep().lastError() != null);
    }
  }
}
