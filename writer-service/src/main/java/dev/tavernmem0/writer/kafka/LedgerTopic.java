package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
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
 * <p>One thread commits what has gathered meanwhile, so that many entries share a transaction.
 * Thread-safe.
 */
public final class LedgerTopic implements AutoCloseable {
  private static final int MOST_AT_ONCE = 1000;

  private final WriterClients clients;
  private final Map<Integer, Producer<byte[], byte[]>> owned = new ConcurrentHashMap<>();
  private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
  private final Thread thread;

  private volatile @Nullable RuntimeException failure;
  private volatile boolean closed;

  private record Pending(
      int partition, ProducerRecord<byte[], byte[]> record, CompletableFuture<Void> done) {}

  public LedgerTopic(WriterClients clients) {
    this.clients = clients;
    this.thread = new Thread(this::run, "writer-ledger");
    thread.start();
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
    owned.put(partition, producer);
  }

  /** Gives a partition up. What was appended to it and is not durable yet is cancelled. */
  public void disown(int partition) {
    Producer<byte[], byte[]> producer = owned.remove(partition);
    if (producer != null) {
      producer.close(Duration.ZERO);
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
    Pending pending =
        new Pending(
            partition,
            new ProducerRecord<>(
                Topics.LEDGER, partition, key.getBytes(StandardCharsets.UTF_8), value),
            new CompletableFuture<>());
    queue.add(pending);
    if (closed) {
      cancelQueued();
    }
    return pending.done();
  }

  /** What made a transaction fail, another owner above all; null if nothing did. */
  public @Nullable RuntimeException failure() {
    return failure;
  }

  private void run() {
    List<Pending> gathered = new ArrayList<>();
    try {
      while (!closed) {
        gathered.add(queue.take());
        queue.drainTo(gathered, MOST_AT_ONCE - 1);
        Map<Integer, List<Pending>> byPartition = new LinkedHashMap<>();
        for (Pending pending : gathered) {
          byPartition.computeIfAbsent(pending.partition(), p -> new ArrayList<>()).add(pending);
        }
        byPartition.forEach(this::commit);
        gathered.clear();
      }
    } catch (InterruptedException e) {
      // Closed; whatever is left is cancelled.
    } catch (RuntimeException | Error e) {
      failure = e instanceof RuntimeException usual ? usual : new KafkaException(e);
    }
    gathered.forEach(pending -> pending.done().completeExceptionally(notOwned()));
    cancelQueued();
  }

  private void commit(int partition, List<Pending> entries) {
    Producer<byte[], byte[]> producer = owned.get(partition);
    if (producer == null) {
      entries.forEach(entry -> entry.done().completeExceptionally(notOwned()));
      return;
    }
    try {
      producer.beginTransaction();
      for (var entry : entries) {
        var unused = producer.send(entry.record());
      }
      // Also gives up on brokers that are away for long: what is committed by then is read back.
      producer.commitTransaction();
      entries.forEach(entry -> entry.done().complete(null));
    } catch (RuntimeException | Error e) {
      // An error too: this thread is all that those who appended wait for.
      boolean given = isGivenUp(partition, producer);
      RuntimeException failed = e instanceof RuntimeException usual ? usual : new KafkaException(e);
      if (!given) {
        failure = failed;
      }
      RuntimeException why = given ? notOwned() : failed;
      entries.forEach(entry -> entry.done().completeExceptionally(why));
    }
  }

  private boolean isGivenUp(int partition, Producer<byte[], byte[]> producer) {
    return closed || owned.get(partition) != producer;
  }

  private void cancelQueued() {
    for (Pending pending = queue.poll(); pending != null; pending = queue.poll()) {
      pending.done().completeExceptionally(notOwned());
    }
  }

  private static CancellationException notOwned() {
    return new CancellationException("the partition is not ours any more");
  }

  /** Gives all partitions up. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    List.copyOf(owned.keySet()).forEach(this::disown);
  }
}
