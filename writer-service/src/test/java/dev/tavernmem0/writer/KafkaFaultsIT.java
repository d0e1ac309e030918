package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.kafka.KafkaProcess;
import dev.tavernmem0.testkit.kafka.TopicReader;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.writer.consume.WriterStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Status;

/** A writer without Kafka waits for it, and says so. */
class KafkaFaultsIT {
  private static final Duration A_WHILE = Duration.ofSeconds(60);

  @Test
  void kafka_that_is_absent_at_the_start_and_dies_later_loses_nothing(@TempDir Path directory) {
    try (FaultyMem0Server mem0 =
            FaultyMem0Server.builder().extractor(Extractor.paraphrasing()).start();
        KafkaProcess kafka = KafkaProcess.start(directory)) {
      kafka.kill();
      Map<String, String> settings = WriterUnderTest.quick(kafka.bootstrapServers(), mem0.url());
      settings.put("tavern.topics.partitions", "2");
      settings.put("spring.kafka.admin.properties.default.api.timeout.ms", "2000");
      settings.put("spring.kafka.admin.properties.request.timeout.ms", "1000");
      try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
        await()
            .atMost(A_WHILE)
            .until(
                () ->
                    writer.status().state() == WriterStatus.State.CONNECTING
                        && writer.status().lastError() != null);
        assertThat(writer.bean(WriterHealthIndicator.class).health().getStatus())
            .isEqualTo(Status.DOWN);

        kafka.start();
        await().atMost(A_WHILE).until(() -> writer.status().state() == WriterStatus.State.RUNNING);
        TopicReader reader = new TopicReader(kafka.bootstrapServers());
        mem0.on(Calls.add()).always(Fault.delay(Duration.ofMillis(200)));
        try (TurnPublisher watcher = new TurnPublisher(kafka.bootstrapServers())) {
          for (int i = 0; i < 10; i++) {
            watcher.chat("default-user:" + i, "Character " + i).user("I am number " + i + ".");
          }
          watcher.flush();
          await().atMost(A_WHILE).until(() -> mem0.memories().size() >= 2);
          kafka.kill();
          kafka.start();
          reader.awaitLedger(
              A_WHILE,
              ledger ->
                  ledger.values().stream().filter(e -> e.fate() == Fate.WRITTEN).count() == 10);
        }
        assertThat(mem0.memories()).hasSize(10);
        await()
            .atMost(A_WHILE)
            .until(
                () ->
                    writer
                        .bean(WriterHealthIndicator.class)
                        .health()
                        .getStatus()
                        .equals(Status.UP));
      }
    }
  }
}
