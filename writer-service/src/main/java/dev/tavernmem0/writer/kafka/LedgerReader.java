package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.InvalidLedgerEntryException;
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

  private final WriterClients clients;

  public LedgerReader(WriterClients clients) {
    this.clients = clients;
  }

  /** Receives the ledger in its order. */
  public interface Receiver {
    void entry(LedgerEntry entry);

    /** An entry was removed. */
    void removed(String chatId, String batchId);
  }

  /**
   * Reads the partition. A record that is no entry is skipped, whatever it holds.
   *
   * @return how many were skipped
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
          try {
            deliver(record, receiver);
          } catch (InvalidLedgerEntryException e) {
            if (unreadable++ == 0) {
              report(record, e);
            }
          }
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

  private static void deliver(ConsumerRecord<byte[], byte[]> record, Receiver receiver) {
    if (record.value() != null) {
      receiver.entry(LedgerCodec.decode(record.value()));
      return;
    }
    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    int slash = key.lastIndexOf('/');
    if (slash <= 0) {
      throw new InvalidLedgerEntryException("not a ledger entry's removal: its key is none");
    }
    receiver.removed(key.substring(0, slash), key.substring(slash + 1));
  }

  /** One line for a partition, however many records of it are no entries. */
  private static void report(ConsumerRecord<?, ?> first, InvalidLedgerEntryException why) {
    LOG.warn(
        "{}-{} offset {} is skipped, and so is without a word any other such record of the"
            + " partition: {}",
        first.topic(),
        first.partition(),
        first.offset(),
        why.getMessage());
  }
}
