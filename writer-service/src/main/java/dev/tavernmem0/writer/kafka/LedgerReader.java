package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.InvalidLedgerEntryException;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.OtherLedgerVersionException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
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
    void removed(Scope scope, String batchId);
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
          } catch (OtherLedgerVersionException e) {
            throw new KafkaException(
                "%s offset %d is %s. Delete topic %s and the memories that came of it, and restart"
                        .formatted(ledger, record.offset(), e.getMessage(), Topics.LEDGER)
                    + " the watcher with tavern.watcher.connector.snapshot.mode=recovery: all chats are then"
                    + " written anew.",
                e);
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
    String[] parts = key.split("/", -1);
    if (parts.length != 3 || parts[0].isEmpty() || parts[1].isEmpty()) {
      throw new InvalidLedgerEntryException("not a ledger entry's removal: its key is none");
    }
    receiver.removed(new Scope(parts[0], parts[1]), parts[2]);
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
