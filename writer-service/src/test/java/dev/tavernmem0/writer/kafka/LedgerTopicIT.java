package dev.tavernmem0.writer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A partition of the ledger has one owner at a time. */
class LedgerTopicIT {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private KafkaClients clients;

  @BeforeEach
  void topics() {
    KAFKA.freshTopics(2);
    Map<String, Object> settings =
        Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KAFKA.bootstrapServers());
    clients = new KafkaClients(settings, settings, settings, "writers", null);
  }

  private static LedgerEntry entry(String batchId) {
    return new LedgerEntry(
        batchId,
        0,
        "chat",
        "chat.jsonl",
        new Scope("user", "agent"),
        List.of(),
        Fate.PENDING,
        null,
        List.of(),
        List.of(),
        0,
        0);
  }

  private static List<String> recorded() {
    return KAFKA.reader().ledgerEntries().stream().map(LedgerEntry::batchId).toList();
  }

  @Test
  void entries_arrive_in_their_order_and_are_durable_when_it_says_so() {
    List<String> expected = new ArrayList<>();
    try (LedgerTopic ledger = new LedgerTopic(clients)) {
      ledger.own(List.of(0));
      CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
      for (int i = 0; i < 500; i++) {
        expected.add("batch-" + i);
        last = ledger.append(0, entry("batch-" + i));
      }
      last.join();

      assertThat(recorded()).isEqualTo(expected);
    }
  }

  @Test
  void a_writer_that_was_replaced_without_knowing_it_can_record_nothing() {
    try (LedgerTopic old = new LedgerTopic(clients);
        LedgerTopic successor = new LedgerTopic(clients)) {
      old.own(List.of(0));
      old.append(0, entry("before")).join();

      successor.own(List.of(0));

      assertThatThrownBy(() -> old.append(0, entry("too-late")).get(1, TimeUnit.MINUTES))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(KafkaException.class);
      assertThat(old.failure()).isNotNull();
      successor.append(0, entry("after")).join();
      assertThat(successor.failure()).isNull();
      List<String> restored = new ArrayList<>();
      new LedgerReader(clients)
          .read(
              0,
              new LedgerReader.Receiver() {
                @Override
                public void entry(LedgerEntry entry) {
                  restored.add(entry.batchId());
                }

                @Override
                public void removed(String chatId, String batchId) {}
              });
      assertThat(restored).containsExactly("before", "after");
    }
  }

  @Test
  void what_is_appended_to_a_partition_that_was_given_up_is_cancelled() {
    try (LedgerTopic ledger = new LedgerTopic(clients)) {
      ledger.own(List.of(0, 1));
      ledger.disown(0);

      assertThatThrownBy(() -> ledger.append(0, entry("gone")).join())
          .isInstanceOf(CancellationException.class);
      ledger.append(1, entry("ours")).join();
      assertThat(ledger.failure()).isNull();
      assertThat(recorded()).containsExactly("ours");
    }
  }

  @Test
  void what_is_appended_after_the_end_is_cancelled() {
    LedgerTopic ledger = new LedgerTopic(clients);
    ledger.own(List.of(0));
    ledger.close();

    assertThatThrownBy(() -> ledger.append(0, entry("late")).join())
        .isInstanceOf(CancellationException.class);
  }
}
