package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Empty topics, a mem0 that words memories differently each time, and a watcher; per test. */
abstract class WriterFixture {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  static final Duration SOON = Duration.ofSeconds(20);

  FaultyMem0Server mem0;
  TurnPublisher watcher;

  @BeforeEach
  void startFixture() {
    KAFKA.freshTopics(TurnPublisher.PARTITIONS);
    mem0 = FaultyMem0Server.builder().extractor(Extractor.paraphrasing()).start();
    watcher = new TurnPublisher(KAFKA.bootstrapServers());
  }

  @AfterEach
  void stopFixture() {
    watcher.close();
    mem0.close();
  }

  Map<String, String> settings() {
    return WriterUnderTest.quick(KAFKA, mem0.url());
  }

  WriterUnderTest startWriter() {
    return WriterUnderTest.start(settings());
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

  /** How many memories quote a text. */
  long memoriesOf(String text) {
    return mem0.memories().stream().filter(memory -> memory.text().contains(text)).count();
  }

  List<String> memoryTexts() {
    return mem0.memories().stream().map(StoredMemory::text).toList();
  }
}
