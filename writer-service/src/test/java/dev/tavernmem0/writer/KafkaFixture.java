package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.mem0.RealMem0;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Empty topics and a watcher, per test, and what the ledger says of turns. */
abstract class KafkaFixture {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  /**
   * Long enough for a JVM to start on a busy machine; a mem0 that asks a real model takes longer.
   */
  static final Duration SOON =
      RealMem0.isForeign() ? Duration.ofMinutes(3) : Duration.ofSeconds(40);

  TurnPublisher watcher;

  @BeforeEach
  void startWatcher() {
    KAFKA.freshTopics(TurnPublisher.PARTITIONS);
    watcher = new TurnPublisher(KAFKA.bootstrapServers());
  }

  @AfterEach
  void stopWatcher() {
    watcher.close();
  }

  static Map<Fate, Long> turnsByFate() {
    return KAFKA.reader().ledger().values().stream()
        .collect(
            Collectors.groupingBy(
                LedgerEntry::fate, Collectors.summingLong(entry -> entry.turns().size())));
  }

  static void awaitTurns(Fate fate, long count) {
    await(count + " turns " + fate)
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(turnsByFate().getOrDefault(fate, 0L))
                    .as("turns %s of %s", fate, turnsByFate())
                    .isEqualTo(count));
  }

  /** Waits until the writer has nothing to do and everything is committed. */
  static void awaitRest(WriterUnderTest writer) {
    await("rest")
        .atMost(SOON)
        .until(
            () ->
                writer.status().partitions().size() == 2
                    && writer.status().pendingTurns() == 0
                    && writer.status().backlogTurns() == 0
                    && writer.status().inFlight() == 0
                    && writer.status().partitions().stream()
                        .allMatch(
                            partition -> partition.lag() == 0 && partition.openRecords() == 0));
  }
}
