package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.curation.Pinned;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** All turns are written to another mem0 too, from the log, while the first one serves. */
class SecondMem0IT extends KafkaFixture {
  private static final Scope SCOPE = new Scope("default-user", "Seraphina");

  private static List<String> texts(FaultyMem0Server mem0) {
    return mem0.memories().stream().map(StoredMemory::text).sorted().toList();
  }

  private static Map<String, String> settings(FaultyMem0Server mem0, String ledger) {
    Map<String, String> settings = WriterUnderTest.quick(KAFKA, mem0.url());
    settings.put("tavern.topics.ledger", ledger);
    settings.put("tavern.topics.partitions", Integer.toString(TurnPublisher.PARTITIONS));
    return settings;
  }

  private static StoredMemory memory(FaultyMem0Server mem0, String words) {
    return mem0.memories().stream()
        .filter(each -> each.text().contains(words))
        .findFirst()
        .orElseThrow();
  }

  /** As a user does in the panel. */
  private static void forget(FaultyMem0Server mem0, String words, Instant at) {
    StoredMemory memory = memory(mem0, words);
    mem0.remove(memory.id());
    decide(
        new Forgotten(
            SCOPE, memory.id(), memory.text(), null, List.of(), List.of(), at.toEpochMilli()));
  }

  private static void pin(FaultyMem0Server mem0, String words, Instant at) {
    StoredMemory memory = memory(mem0, words);
    decide(
        new Pinned(
            SCOPE, memory.id(), memory.text(), null, List.of(), List.of(), at.toEpochMilli()));
  }

  private static void decide(Curation decision) {
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      producer.append(
          Topics.CURATION,
          ScopePartition.of(SCOPE, TurnPublisher.PARTITIONS),
          decision.key().toString().getBytes(StandardCharsets.UTF_8),
          CurationCodec.encode(decision));
    }
  }

  @Test
  void a_move_from_mem0_1_to_2_writes_everything_once_and_leaves_the_old_one_as_it_is() {
    try (FaultyMem0Server old =
            FaultyMem0Server.builder()
                .generation(Generation.V1)
                .extractor(Extractor.verbatim())
                .start();
        FaultyMem0Server next =
            FaultyMem0Server.builder()
                .generation(Generation.V2)
                .extractor(Extractor.verbatim())
                .start()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      for (int i = 0; i < 20; i++) {
        chat.user("Line " + i + " of mine.");
        chat.reply("Line " + i + " of hers.");
      }
      chat.delete(3);
      watcher.flush();
      Instant said = Instant.now();
      try (WriterUnderTest first = WriterUnderTest.start(settings(old, Topics.LEDGER))) {
        awaitTurns(Fate.WRITTEN, 39);
        awaitRest(first);
        forget(old, "Line 7 of hers.", said.plusSeconds(1));
        pin(old, "Line 9 of hers.", said.plusSeconds(1));
        List<String> before = texts(old);

        try (WriterUnderTest second =
            WriterUnderTest.start(settings(next, "tavern.memory.ledger.v2"))) {
          awaitRest(second);
          assertThat(texts(next))
              .as("without what was forgotten, with what was pinned in the old one")
              .isEqualTo(before);
          assertThat(texts(old)).as("the old one is left alone").isEqualTo(before);

          chat.user("Said to both.");
          chat.edit(0, "Other words to both.");
          watcher.flush();
          for (FaultyMem0Server mem0 : List.of(old, next)) {
            await()
                .atMost(SOON)
                .until(() -> texts(mem0).stream().anyMatch(t -> t.contains("Said to both")));
            await()
                .atMost(SOON)
                .until(() -> texts(mem0).stream().anyMatch(t -> t.contains("Other words")));
          }
          awaitRest(first);
          awaitRest(second);
        }
      }
      // The old one goes; the new one goes on where it was.
      try (WriterUnderTest second =
          WriterUnderTest.start(settings(next, "tavern.memory.ledger.v2"))) {
        chat.user("Said after the switch.");
        watcher.flush();
        await().atMost(SOON).until(() -> next.memories().size() == 40);
        awaitRest(second);
      }
      assertThat(texts(next)).hasSize(40).doesNotHaveDuplicates();
      assertThat(texts(old)).hasSize(39);
    }
  }
}
