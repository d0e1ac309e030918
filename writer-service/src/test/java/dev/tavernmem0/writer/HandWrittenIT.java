package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.curation.Added;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.Merging;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a user wrote, as the retriever stores it, outlives all that the writer does. */
class HandWrittenIT extends WriterFixture {
  private static final Scope SERAPHINA = new Scope("default-user", "Seraphina");
  private static final String WATER = "I drink water.";

  @Override
  Map<String, String> settings() {
    Map<String, String> settings = super.settings();
    settings.put("tavern.writer.sweep.every", "0s");
    return settings;
  }

  private void writeByHand() {
    mem0.put(
        StoredMemory.of(
            "by-hand",
            WATER,
            SERAPHINA.userId(),
            SERAPHINA.agentId(),
            Map.of("source", "user", "sent_at", "2025-12-28T09:00:00Z")));
    Added decision = new Added(SERAPHINA, "by-hand", WATER, System.currentTimeMillis());
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      producer.append(
          Topics.CURATION,
          ScopePartition.of(SERAPHINA, TurnPublisher.PARTITIONS),
          decision.key().bytes(),
          CurationCodec.encode(decision));
    }
  }

  private List<String> ids() {
    return mem0.memories().stream().map(StoredMemory::id).toList();
  }

  @Test
  void neither_a_change_nor_a_replay_nor_a_sweep_touches_it_or_finds_it_strange() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);
      writeByHand();

      chat.edit(0, "I live in Brno.");
      await().atMost(SOON).until(() -> memoriesOf("Prague") == 0 && memoriesOf("Brno") == 1);
      awaitRest(writer);
      Api api = new Api(writer);
      String replay = api.post("/v1/replays", "{\"mode\":\"rewrite\"}", 202).path("id").asString();
      await()
          .atMost(SOON)
          .until(
              () -> api.get("/v1/replays/" + replay).path("state").asString().equals("completed"));
      awaitRest(writer);
      writer.sweep(SOON);

      assertThat(ids()).contains("by-hand");
      assertThat(memoriesOf(WATER)).isEqualTo(1);
      assertThat(writer.status().sweep().strangers()).isZero();
      assertThat(writer.status().sweep().findings()).isEmpty();
      assertThat(writer.status().sweep().deleted()).isZero();
    }
  }

  /** What is said of a drink takes the place of the drink that was named before. */
  private static Merging.Step drinks(String fact, List<StoredMemory> memories) {
    return memories.stream()
        .filter(memory -> fact.contains("drink") && memory.text().contains("drink"))
        .findFirst()
        .<Merging.Step>map(memory -> new Merging.Step.Update(memory.id(), fact))
        .orElseGet(Merging.Step.Add::new);
  }

  @Test
  void it_is_not_deleted_with_a_batch_that_mem0_1_has_merged_into_it() {
    mem0.close();
    mem0 =
        FaultyMem0Server.builder()
            .generation(Generation.V1)
            .extractor(Extractor.verbatim())
            .merging(HandWrittenIT::drinks)
            .start();
    try (WriterUnderTest writer = startWriter()) {
      writeByHand();
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I drink green tea now.");
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
      assertThat(memoryTexts()).containsExactly("Alex: I drink green tea now.");

      chat.edit(0, "I live in Prague.");

      await().atMost(SOON).until(() -> memoriesOf("Prague") == 1);
      awaitRest(writer);
      assertThat(ids()).contains("by-hand");
    }
  }
}
