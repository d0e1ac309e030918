package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a partition of the ledger from its beginning to its end as it is at the call. */
public final class LedgerReader {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KafkaClients clients;

  public LedgerReader(KafkaClients clients) {
    this.clients = clients;
  }

  /** Receives the ledger in its order. */
  public interface Receiver {
    void entry(LedgerEntry entry);

    /** An entry was removed. */
    void removed(String chatId, String batchId);
  }

  /**
   * Reads the partition.
   *
   * @return how many records could not be read as entries
   * @throws org.apache.kafka.common.KafkaException if the ledger cannot be read now
   */
  public int read(int partition, Receiver receiver) {
    TopicPartition ledger = new TopicPartition(Topics.LEDGER, partition);
    int unreadable = 0;
    try (Consumer<byte[], byte[]> consumer = clients.reader("ledger")) {
      consumer.assign(List.of(ledger));
      consumer.seekToBeginning(List.of(ledger));
      long end = consumer.endOffsets(List.of(ledger)).getOrDefault(ledger, 0L);
      long position = consumer.position(ledger);
      long progress = System.nanoTime();
      while (position < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(ledger)) {
          unreadable += deliver(record, receiver) ? 0 : 1;
        }
        long reached = consumer.position(ledger);
        if (reached > position) {
          position = reached;
          progress = System.nanoTime();
        } else if (System.nanoTime() - progress > PATIENCE.toNanos()) {
          throw new TimeoutException("cannot read %s at offset %d".formatted(ledger, position));
        }
      }
    }
    return unreadable;
  }

  private static boolean deliver(ConsumerRecord<byte[], byte[]> record, Receiver receiver) {
    try {
      if (record.value() != null) {
        receiver.entry(LedgerCodec.decode(record.value()));
        return true;
      }
      String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
      int slash = key.lastIndexOf('/');
      if (slash > 0) {
        receiver.removed(key.substring(0, slash), key.substring(slash + 1));
        return true;
      }
      LOG.error(
          "ledger partition {}: key at offset {} is no entry's",
          record.partition(),
          record.offset());
    } catch (IllegalArgumentException e) {
      LOG.error(
          "ledger partition {}, offset {}: {}",
          record.partition(),
          record.offset(),
          e.getMessage());
    }
    return false;
  }
}
