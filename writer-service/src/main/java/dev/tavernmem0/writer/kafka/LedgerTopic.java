package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Appends to the ledger, into the partition that the scope's turns are in. An entry is durable when
 * its future completes; entries of one partition arrive in the order in which they were appended.
 *
 * <p>A partition has to be owned first, and owning it shuts out whoever owned it before: the
 * transactional id belongs to the partition. So a writer that was frozen or cut off, and does not
 * know yet that another has taken its partitions over, can record nothing any more; and what it
 * cannot record an intent for it does not post.
 *
 * <p>Thread-safe.
 */
public final class LedgerTopic implements AutoCloseable {
  private final WriterClients clients;
  private final Map<Integer, OwnedLedger> owned = new ConcurrentHashMap<>();

  private volatile @Nullable RuntimeException failure;

  public LedgerTopic(WriterClients clients) {
    this.clients = clients;
  }

  /**
   * Takes partitions over. What an earlier owner has appended by now is in the topic when this
   * returns; what it appends later is refused.
   *
   * @throws KafkaException if the brokers cannot do that now
   */
  public void own(Collection<Integer> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    // It is mostly waiting for the brokers.
    ExecutorService together = Executors.newFixedThreadPool(Math.min(partitions.size(), 8));
    try {
      CompletableFuture.allOf(
              partitions.stream()
                  .map(partition -> CompletableFuture.runAsync(() -> own(partition), together))
                  .toArray(CompletableFuture[]::new))
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof KafkaException failed ? failed : new KafkaException(e);
    } finally {
      together.shutdown();
    }
  }

  private void own(int partition) {
    Producer<byte[], byte[]> producer = clients.ledgerProducer(partition);
    try {
      producer.initTransactions();
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw new KafkaException(
          "cannot take over the ledger of partition "
              + partition
              + "; if this lasts, see whether the brokers' transaction.state.log.replication.factor"
              + " is more than there are brokers",
          e);
    }
    owned.put(partition, new OwnedLedger(partition, producer, why -> failure = why));
  }

  /** Gives a partition up. What was appended to it and is not durable yet is cancelled. */
  public void disown(int partition) {
    OwnedLedger ledger = owned.remove(partition);
    if (ledger != null) {
      ledger.close();
    }
  }

  /**
   * Appends an entry.
   *
   * @return fails with {@link CancellationException} if the partition is not owned (any more)
   */
  public CompletableFuture<Void> append(int partition, LedgerEntry entry) {
    return send(partition, entry.key(), LedgerCodec.encode(entry));
  }

  /** Removes an entry; fails as {@link #append} does. */
  public CompletableFuture<Void> remove(int partition, String key) {
    return send(partition, key, null);
  }

  private CompletableFuture<Void> send(int partition, String key, byte @Nullable [] value) {
    OwnedLedger ledger = owned.get(partition);
    return ledger == null
        ? CompletableFuture.failedFuture(OwnedLedger.notOwned())
        : ledger.send(
            new ProducerRecord<>(
                clients.ledger(), partition, key.getBytes(StandardCharsets.UTF_8), value));
  }

  /** What made a transaction fail, another owner above all; null if nothing did. */
  public @Nullable RuntimeException failure() {
    return failure;
  }

  /** Gives all partitions up. */
  @Override
  public void close() {
    List.copyOf(owned.keySet()).forEach(this::disown);
  }
}
