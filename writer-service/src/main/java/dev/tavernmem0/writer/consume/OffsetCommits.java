package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.kafka.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits how far partitions are done with, if that has changed. Belongs to the session's thread.
 */
final class OffsetCommits {
  private static final Logger LOG = LoggerFactory.getLogger(OffsetCommits.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Consumer<byte[], byte[]> consumer;
  private final Map<Integer, Long> committed = new HashMap<>();

  OffsetCommits(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /** Commits in the background; what fails is committed the next time. */
  void begin(Collection<AssignedPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = changed(partitions);
    if (!offsets.isEmpty()) {
      consumer.commitAsync(
          offsets,
          (done, failed) -> {
            if (failed != null) {
              LOG.warn("cannot commit offsets, will try again: {}", failed.getMessage());
              committed.clear();
            }
          });
    }
  }

  /**
   * Commits and returns when that is done.
   *
   * @throws org.apache.kafka.common.KafkaException if it fails
   */
  void finish(Collection<AssignedPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = changed(partitions);
    if (!offsets.isEmpty()) {
      consumer.commitSync(offsets, PATIENCE);
    }
  }

  /** A partition is not ours any more. */
  void forget(int partition) {
    committed.remove(partition);
  }

  private Map<TopicPartition, OffsetAndMetadata> changed(Collection<AssignedPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (AssignedPartition partition : partitions) {
      long offset = partition.offsets().committable();
      Long last = committed.get(partition.number());
      if (offset >= 0 && (last == null || last != offset)) {
        committed.put(partition.number(), offset);
        offsets.put(
            new TopicPartition(Topics.TURNS, partition.number()), new OffsetAndMetadata(offset));
      }
    }
    return offsets;
  }
}
