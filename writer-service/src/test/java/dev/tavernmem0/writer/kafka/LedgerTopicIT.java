package dev.tavernmem0.writer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A partition of the ledger has one owner at a time. Each test has partitions of its own. */
class LedgerTopicIT {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private static WriterClients clients;

  @BeforeAll
  static void topics() {
    KAFKA.freshTopics(5);
    Map<String, Object> settings =
        Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KAFKA.bootstrapServers());
    clients =
        new WriterClients(
            new KafkaClients(settings, settings, settings, new SimpleMeterRegistry()),
            "writers",
            null,
            Topics.LEDGER);
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

  private static List<String> recorded(int partition) {
    List<String> batches = new ArrayList<>();
    // A commit is visible a moment after it is done; the next owner waits for that.
    try (LedgerTopic next = new LedgerTopic(clients)) {
      next.own(List.of(partition));
      var unused =
          new LedgerReader(clients)
              .read(
                  Map.of(
                      partition,
                      new LedgerReader.Receiver() {
                        @Override
                        public void entry(LedgerEntry entry) {
                          batches.add(entry.batchId());
                        }

                        @Override
                        public void removed(Scope scope, String batchId) {}
                      }));
    }
    return batches;
  }

  private static void append(LedgerTopic ledger, int partition, String batchId) throws Exception {
    ledger.append(partition, entry(batchId)).get(1, TimeUnit.MINUTES);
  }

  @Test
  void entries_arrive_in_their_order_and_are_durable_when_it_says_so() throws Exception {
    List<String> expected = new ArrayList<>();
    try (LedgerTopic ledger = new LedgerTopic(clients)) {
      ledger.own(List.of(0));
      for (int i = 0; i < 500; i++) {
        expected.add("batch-" + i);
        var unused = ledger.append(0, entry("batch-" + i));
      }
      expected.add("last");
      append(ledger, 0, "last");

      assertThat(recorded(0)).isEqualTo(expected);
    }
  }

  @Test
  void a_writer_that_was_replaced_without_knowing_it_can_record_nothing() throws Exception {
    try (LedgerTopic old = new LedgerTopic(clients);
        LedgerTopic successor = new LedgerTopic(clients)) {
      old.own(List.of(1));
      append(old, 1, "before");

      successor.own(List.of(1));

      assertThatThrownBy(() -> append(old, 1, "too-late"))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(KafkaException.class);
      assertThat(old.failure()).isNotNull();
      append(successor, 1, "after");
      assertThat(successor.failure()).isNull();
      assertThat(recorded(1)).containsExactly("before", "after");
    }
  }

  @Test
  void what_is_appended_to_a_partition_that_was_given_up_is_cancelled() throws Exception {
    try (LedgerTopic ledger = new LedgerTopic(clients)) {
      ledger.own(List.of(2, 3));
      ledger.disown(2);

      assertThatThrownBy(() -> append(ledger, 2, "gone")).isInstanceOf(CancellationException.class);
      append(ledger, 3, "ours");
      assertThat(ledger.failure()).isNull();
      assertThat(recorded(2)).isEmpty();
      assertThat(recorded(3)).containsExactly("ours");
    }
  }

  @Test
  void what_is_appended_after_the_end_is_cancelled() {
    LedgerTopic ledger = new LedgerTopic(clients);
    ledger.own(List.of(4));
    ledger.close();

    assertThatThrownBy(() -> append(ledger, 4, "late")).isInstanceOf(CancellationException.class);
  }
}
