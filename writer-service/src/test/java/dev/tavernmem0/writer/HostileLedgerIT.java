package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.testkit.hostile.HostileLedgerRecords;
import dev.tavernmem0.testkit.hostile.HostileRecord;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.writer.consume.WriterStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A writer starts on whatever is in its ledger. */
class HostileLedgerIT extends WriterFixture {
  private static final String CHAT = "default-user:one";

  @Test
  void it_starts_on_a_ledger_full_of_what_is_no_entry_says_how_much_and_writes() throws Exception {
    List<HostileRecord> refused = HostileLedgerRecords.refused();
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      for (HostileRecord hostile : refused) {
        for (int partition = 0; partition < 2; partition++) {
          producer.append(Topics.LEDGER, partition, hostile.key(), hostile.value());
        }
      }
    }

    try (WriterUnderTest writer = startWriter()) {
      // 100 MB are to be read before.
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> writer.status().state() == WriterStatus.State.RUNNING);
      watcher.chat(CHAT, "Seraphina").user("I live in Prague.");

      await().atMost(SOON).until(() -> memoriesOf("Prague") == 1);
      awaitRest(writer);
      assertThat(writer.status().unreadableLedgerRecords()).isEqualTo(2L * refused.size());
      assertThat(writer.status().lastError()).isNull();
    }
  }

  @Test
  void an_intent_of_a_time_to_come_or_without_turns_holds_up_nothing() throws Exception {
    LedgerEntry intent =
        new LedgerEntry(
            "0123456789abcdef",
            0,
            CHAT,
            "chat.jsonl",
            new Scope("default-user", "Seraphina"),
            List.of(),
            Fate.PENDING,
            null,
            List.of(),
            List.of(),
            0,
            Instant.parse("9999-01-01T00:00:00Z").toEpochMilli());
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      byte[] key = intent.key().getBytes(StandardCharsets.UTF_8);
      // In both: which one is the chat's is the watcher's affair.
      producer.append(Topics.LEDGER, 0, key, LedgerCodec.encode(intent));
      producer.append(Topics.LEDGER, 1, key, LedgerCodec.encode(intent));
    }

    try (WriterUnderTest writer = startWriter()) {
      watcher.chat(CHAT, "Seraphina").user("I live in Prague.");

      await().atMost(SOON).until(() -> memoriesOf("Prague") == 1);
      awaitRest(writer);
    }
  }

  @Test
  void a_ledger_of_another_format_is_not_written_over_and_it_is_said_what_to_do() throws Exception {
    String older =
        "{\"batch_id\":\"b\",\"generation\":0,\"chat_id\":\"default-user:one\","
            + "\"chat_file\":\"chat.jsonl\",\"fate\":\"written\","
            + "\"scope\":{\"user_id\":\"default-user\",\"agent_id\":\"Seraphina\"},"
            + "\"turns\":[{\"turn_id\":\"t\",\"hash\":\"h\",\"offset\":0}],"
            + "\"memory_ids\":[\"m\"],\"attempts\":1,\"ts_ms\":1}";
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      byte[] key = (CHAT + "/b").getBytes(StandardCharsets.UTF_8);
      producer.append(Topics.LEDGER, 0, key, older.getBytes(StandardCharsets.UTF_8));
    }

    try (WriterUnderTest writer = startWriter()) {
      watcher.chat(CHAT, "Seraphina").user("I live in Prague.");

      await()
          .atMost(SOON)
          .until(() -> String.valueOf(writer.status().lastError()).contains("format 0"));
      assertThat(writer.status().state()).isEqualTo(WriterStatus.State.CONNECTING);
      assertThat(writer.status().lastError())
          .contains(Topics.LEDGER, "Delete topic", "snapshot.mode=recovery")
          .doesNotContain("Exception");
      assertThat(mem0.memories()).isEmpty();
    }
  }
}
