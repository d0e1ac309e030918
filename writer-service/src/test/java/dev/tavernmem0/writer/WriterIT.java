package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of turns while everything works. */
class WriterIT {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private static final Duration SOON = Duration.ofSeconds(15);

  private FaultyMem0Server mem0;
  private TurnPublisher watcher;

  @BeforeEach
  void start() {
    KAFKA.freshTopics(2);
    mem0 = FaultyMem0Server.start();
    watcher = new TurnPublisher(KAFKA.bootstrapServers());
  }

  @AfterEach
  void stop() {
    watcher.close();
    mem0.close();
  }

  @Test
  void an_exchange_becomes_memories_with_where_they_come_from() {
    try (WriterUnderTest writer = WriterUnderTest.start(KAFKA, mem0)) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      var question = chat.user("I live in Prague.");
      var answer = chat.reply("Nice, by the Vltava?");

      Map<String, LedgerEntry> ledger =
          KAFKA
              .reader()
              .awaitLedger(
                  SOON,
                  entries -> entries.values().stream().anyMatch(e -> e.fate() == Fate.WRITTEN));

      assertThat(mem0.memories())
          .extracting(StoredMemory::text)
          .containsExactly("Alex: I live in Prague.", "Seraphina: Nice, by the Vltava?");
      StoredMemory memory = mem0.memories().get(0);
      assertThat(memory.userId()).isEqualTo("default-user");
      assertThat(memory.agentId()).isEqualTo("Seraphina");
      assertThat(memory.metadata())
          .containsEntry("source", "sillytavern")
          .containsEntry("chat_id", "default-user:one")
          .containsEntry("turn_ids", List.of(question.turnId(), answer.turnId()))
          .containsEntry("turn_hashes", List.of(question.hash(), answer.hash()));
      assertThat(mem0.calls(Calls.add())).hasSize(1);
      LedgerEntry entry = ledger.values().iterator().next();
      assertThat(entry.memoryIds()).hasSize(2);
      await().atMost(SOON).until(() -> writer.status().pendingTurns() == 0);
    }
  }
}
