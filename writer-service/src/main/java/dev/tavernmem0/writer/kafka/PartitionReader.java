package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.writer.log.LogReader;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Reads a partition of the turns' log from its beginning to a given end. Of one thread at a time,
 * but for {@link #stop}.
 */
public final class PartitionReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Consumer<byte[], byte[]> consumer;
  private volatile boolean stopped;

  public PartitionReader(WriterClients clients) {
    this.consumer = clients.reader("whole-log");
  }

  /**
   * Reads.
   *
   * @param end the offset before which it ends
   * @throws org.apache.kafka.common.KafkaException if the log cannot be read now
   * @throws org.apache.kafka.common.errors.WakeupException if it is stopped
   */
  public void read(int partition, long end, LogReader reader) {
    if (stopped) {
      throw new WakeupException();
    }
    TopicPartition log = new TopicPartition(Topics.TURNS, partition);
    consumer.assign(List.of(log));
    consumer.seekToBeginning(List.of(log));
    long position = consumer.position(log);
    long progress = System.nanoTime();
    while (position < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(log)) {
        if (record.offset() < end) {
          reader.record(record.offset(), record.key(), record.value());
        }
      }
      long now = consumer.position(log);
      if (now > position) {
        position = now;
        progress = System.nanoTime();
      } else if (System.nanoTime() - progress > PATIENCE.toNanos()) {
        throw new TimeoutException("cannot read the rest of " + log + " from " + position);
      }
    }
  }

  /** Has the reading under way end, and all that are asked for later. Callable from any thread. */
  public void stop() {
    stopped = true;
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
