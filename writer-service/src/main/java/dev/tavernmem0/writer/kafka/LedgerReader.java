package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.InvalidLedgerEntryException;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.OtherLedgerVersionException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads partitions of the ledger from their beginning to their end as it is at the call. */
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
   * Reads partitions, all at once. A record that is no entry is skipped, whatever it holds.
   *
   * @param receivers by partition
   * @return how many were skipped, by partition
   * @throws org.apache.kafka.common.KafkaException if the ledger cannot be read now
   */
  public Map<Integer, Integer> read(Map<Integer, ? extends Receiver> receivers) {
    Map<Integer, Integer> unreadable = new HashMap<>();
    List<TopicPartition> ledgers =
        receivers.keySet().stream()
            .map(number -> new TopicPartition(clients.ledger(), number))
            .toList();
    try (Consumer<byte[], byte[]> consumer = clients.reader("ledger")) {
      consumer.assign(ledgers);
      consumer.seekToBeginning(ledgers);
      Map<TopicPartition, Long> ends = consumer.endOffsets(ledgers);
      long position = position(consumer, ledgers);
      long progress = System.nanoTime();
      while (!reached(consumer, ends)) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          Receiver receiver = Objects.requireNonNull(receivers.get(record.partition()));
          try {
            deliver(record, receiver);
          } catch (OtherLedgerVersionException e) {
            throw new KafkaException(
                "%s-%d offset %d is %s. Delete topic %s and the memories that came of it, and restart"
                        .formatted(
                            clients.ledger(),
                            record.partition(),
                            record.offset(),
                            e.getMessage(),
                            clients.ledger())
                    + " the watcher with tavern.watcher.connector.snapshot.mode=recovery: all chats are then"
                    + " written anew.",
                e);
          } catch (InvalidLedgerEntryException e) {
            if (unreadable.merge(record.partition(), 1, Integer::sum) == 1) {
              report(record, e);
            }
          }
        }
        long now = position(consumer, ledgers);
        if (now > position) {
          position = now;
          progress = System.nanoTime();
        } else if (System.nanoTime() - progress > PATIENCE.toNanos()) {
          throw new TimeoutException("cannot read the rest of %s".formatted(ends));
        }
      }
    }
    return unreadable;
  }

  private static long position(Consumer<?, ?> consumer, List<TopicPartition> ledgers) {
    return ledgers.stream().mapToLong(consumer::position).sum();
  }

  private static boolean reached(Consumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
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
