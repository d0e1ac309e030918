package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Damage to the ledger is found, and what is told mends it. */
class DifferencesIT extends WriterFixture {

  private static LedgerEntry entryWith(String turnId) {
    return KAFKA.reader().ledger().values().stream()
        .filter(entry -> entry.turns().stream().anyMatch(turn -> turn.turnId().equals(turnId)))
        .findFirst()
        .orElseThrow();
  }

  private static void plant(LedgerEntry of, @Nullable LedgerEntry entry) {
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      producer.append(
          Topics.LEDGER,
          ScopePartition.of(of.scope(), TurnPublisher.PARTITIONS),
          of.key().getBytes(StandardCharsets.UTF_8),
          entry == null ? null : LedgerCodec.encode(entry));
    }
  }

  private static LedgerEntry with(LedgerEntry entry, LedgerTurn turn) {
    return entry.become(entry.fate(), entry.reason(), List.of(turn), entry.tsMs());
  }

  private Map<String, String> oneTurnABatch() {
    Map<String, String> settings = settings();
    settings.put("tavern.writer.batch.max-turns", "1");
    return settings;
  }

  @Test
  void a_lost_entry_stale_words_and_a_turn_that_nobody_says_are_found_and_mended() {
    ChatLog chat = watcher.chat("default-user:one", "Seraphina");
    String lost = chat.user("I am lost.").turnId();
    String stale = chat.user("I am old.").turnId();
    chat.user("I am well.");
    chat.edit(1, "I am new.");
    watcher.flush();
    try (WriterUnderTest writer = WriterUnderTest.start(oneTurnABatch())) {
      await().atMost(SOON).until(() -> memoriesOf("I am new.") == 1);
      awaitRest(writer);
      Api api = new Api(writer);

      JsonNode healthy = api.get("/v1/differences");

      assertThat(api.get("/v1/comparison").path("state").asString()).isEqualTo("none");
      api.call("POST", "/v1/comparison", 202);
      JsonNode compared =
          await()
              .atMost(SOON)
              .until(
                  () -> api.get("/v1/comparison"),
                  it -> it.path("state").asString().equals("completed"));
      assertThat(compared.path("differences")).isEqualTo(healthy);
      assertThat(compared.path("records_read").asInt())
          .isEqualTo(compared.path("records").asInt())
          .isPositive();
      assertThat(healthy.path("turns").asInt()).isEqualTo(3);
      assertThat(healthy.path("chats").asInt()).isEqualTo(1);
      assertThat(healthy.path("partitions").asInt()).isEqualTo(2);
      assertThat(healthy.path("counts")).isEmpty();
      assertThat(healthy.path("differences")).isEmpty();
      assertThat(api.problem("GET", "/v1/differences?limit=-1", 422).path("field").asString())
          .isEqualTo("limit");
    }
    LedgerEntry ofLost = entryWith(lost);
    LedgerEntry ofStale =
        KAFKA.reader().ledger().values().stream()
            .filter(entry -> entry.fate() == Fate.WRITTEN)
            .filter(entry -> entry.turns().stream().anyMatch(turn -> turn.turnId().equals(stale)))
            .findFirst()
            .orElseThrow();
    LedgerTurn now = ofStale.turns().get(0);
    plant(ofLost, null);
    plant(
        ofStale,
        with(
            ofStale,
            new LedgerTurn(now.turnId(), now.chatId(), "0000000000000001", "0001", 1, false)));
    LedgerEntry stranger =
        new LedgerEntry(
            "00000000000000aa",
            0,
            ofLost.chatId(),
            ofLost.chatFile(),
            ofLost.scope(),
            List.of(),
            Fate.SKIPPED,
            "system",
            List.of(new LedgerTurn("0000000000000099", null, "00000000000000bb", "99", 0, false)),
            List.of(),
            0,
            0);
    plant(stranger, stranger);

    try (WriterUnderTest writer = WriterUnderTest.start(oneTurnABatch())) {
      awaitRest(writer);
      Api api = new Api(writer);
      JsonNode damaged = api.get("/v1/differences");

      assertThat(damaged.path("counts").path("without-fate").asInt()).isEqualTo(1);
      assertThat(damaged.path("counts").path("stale").asInt()).isEqualTo(1);
      assertThat(damaged.path("counts").path("gone").asInt()).isEqualTo(1);
      assertThat(damaged.path("differences").findValuesAsString("turn_id"))
          .containsExactlyInAnyOrder(lost, stale, "0000000000000099");

      api.post("/v1/replays", "{\"mode\":\"missing\",\"fates\":[\"none\"]}", 202);
      await()
          .atMost(SOON)
          .until(() -> api.get("/v1/differences").path("counts").path("without-fate").asInt() == 0);
      await()
          .atMost(SOON)
          .until(() -> api.get("/v1/differences").path("counts").path("stale").asInt() == 0);
      chat.read();
      watcher.flush();
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(api.get("/v1/differences").path("counts")).isEmpty());
      awaitRest(writer);
      assertThat(memoriesOf("I am new.")).isPositive();
    }
  }

  /** The log is read a partition at a time. */
  @ParameterizedTest(name = "in one partition: {0}")
  @ValueSource(booleans = {true, false})
  void what_is_under_another_character_is_taken_back_there_and_written_where_it_belongs(
      boolean inOnePartition) {
    String robin = nameOfCharacter(inOnePartition);
    ChatLog right = watcher.chat("default-user:one", "Seraphina");
    String moved = right.user("I have moved.").turnId();
    right.user("I was always here.");
    ChatLog wrong = watcher.chat("default-user:two", robin);
    wrong.user("I am Robin's.");
    watcher.flush();
    try (WriterUnderTest writer = WriterUnderTest.start(oneTurnABatch())) {
      await().atMost(SOON).until(() -> mem0.memories().size() == 3);
      awaitRest(writer);
    }
    LedgerEntry itsEntry = entryWith(moved);
    LedgerEntry robins = entryWith(wrong.turns().get(0).turnId());
    StoredMemory memory =
        mem0.memories().stream()
            .filter(each -> each.id().equals(itsEntry.memoryIds().get(0)))
            .findFirst()
            .orElseThrow();
    // What the ledger says of it, and the memory, are Robin's now.
    LedgerEntry elsewhere =
        new LedgerEntry(
                itsEntry.batchId(),
                0,
                itsEntry.chatId(),
                itsEntry.chatFile(),
                robins.scope(),
                List.of(),
                Fate.WRITTEN,
                null,
                itsEntry.turns(),
                List.of(),
                1,
                0)
            .holding(itsEntry.memoryIds(), List.of());
    plant(itsEntry, null);
    plant(elsewhere, elsewhere);
    mem0.remove(memory.id());
    mem0.put(StoredMemory.of(memory.id(), memory.text(), "default-user", robin, memory.metadata()));

    try (WriterUnderTest writer = WriterUnderTest.start(oneTurnABatch())) {
      awaitRest(writer);
      Api api = new Api(writer);
      JsonNode damaged = api.get("/v1/differences");
      assertThat(damaged.path("counts").path("wrong-scope").asInt()).as("%s", damaged).isEqualTo(1);
      assertThat(damaged.path("counts").path("without-fate").asInt()).isEqualTo(1);

      JsonNode taken = api.post("/v1/retractions", "{\"kinds\":[\"wrong-scope\",\"gone\"]}", 202);

      assertThat(taken.path("turns").asInt()).isEqualTo(1);
      assertThat(taken.path("chats").asInt()).isEqualTo(1);
      await()
          .atMost(SOON)
          .until(() -> mem0.memories().stream().noneMatch(it -> it.id().equals(memory.id())));
      awaitRest(writer);
      assertThat(api.get("/v1/differences").path("counts").propertyNames())
          .containsExactly("without-fate");
      api.post("/v1/replays", "{\"mode\":\"missing\",\"fates\":[\"none\"]}", 202);
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(api.get("/v1/differences").path("counts")).isEmpty());
      awaitRest(writer);
      assertThat(memoriesOf("I have moved.")).isEqualTo(1);
      assertThat(
              api.post("/v1/retractions", "{\"kinds\":[\"wrong-scope\",\"gone\"]}", 202)
                  .path("turns")
                  .asInt())
          .isZero();
      assertThat(memoriesOf("I am Robin's.")).as("what is right stays").isEqualTo(1);
    }
  }

  @Test
  void a_retraction_that_does_not_say_what_is_meant_is_refused() {
    try (WriterUnderTest writer = WriterUnderTest.start(oneTurnABatch())) {
      awaitRest(writer);
      Api api = new Api(writer);

      assertThat(refused(api, "{}", 422)).isEqualTo("kinds");
      assertThat(refused(api, "{\"kinds\":[]}", 422)).isEqualTo("kinds");
      assertThat(refused(api, "{\"kinds\":[\"stale\"]}", 422)).isEqualTo("kinds");
      assertThat(refused(api, "{\"kinds\":[\"gone\"],\"chat_ids\":[\"\"]}", 422))
          .isEqualTo("chat_ids");
      assertThat(refused(api, "{\"kinds\":[\"gone\"],\"chat\":\"one\"}", 422)).isEqualTo("chat");
    }
  }

  private static String refused(Api api, String body, int status) {
    return api.post("/v1/retractions", body, status).path("field").asString();
  }

  /** Whose turns are in Seraphina's partition, or are not. */
  private static String nameOfCharacter(boolean inSeraphinasPartition) {
    return IntStream.range(0, 100)
        .mapToObj(i -> "Robin" + i)
        .filter(id -> (partition(id) == partition("Seraphina")) == inSeraphinasPartition)
        .findFirst()
        .orElseThrow();
  }

  private static int partition(String agentId) {
    return ScopePartition.of(new Scope("default-user", agentId), TurnPublisher.PARTITIONS);
  }
}
