package dev.tavernmem0.bench;

import dev.tavernmem0.common.kafka.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Turn events as the watcher published them, for producers to publish again. */
final class EventSample {
  private static final long MOST_BYTES = 32_000_000;

  private EventSample() {}

  /** Some of what is in the log; it must not be empty. */
  static List<byte[]> of(Clients clients) {
    List<byte[]> values = new ArrayList<>();
    long bytes = 0;
    try (KafkaConsumer<String, byte[]> consumer = clients.consumer(Topics.TURNS)) {
      boolean more = true;
      while (more && bytes < MOST_BYTES) {
        more = false;
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(2))) {
          values.add(record.value());
          bytes += record.value().length;
          more = true;
        }
      }
    }
    if (values.isEmpty()) {
      throw new IllegalStateException("the watcher published nothing");
    }
    return values;
  }

  static double averageBytes(List<byte[]> values) {
    return values.stream().mapToInt(value -> value.length).average().orElseThrow();
  }
}
