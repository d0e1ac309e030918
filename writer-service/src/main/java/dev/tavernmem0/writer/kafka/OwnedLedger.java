package dev.tavernmem0.writer.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * The ledger of one partition while it is ours. Its thread commits what has gathered meanwhile, so
 * that many entries share a transaction; those of other partitions do not wait for it. Thread-safe.
 */
final class OwnedLedger {
  private static final int MOST_AT_ONCE = 1000;

  private final Producer<byte[], byte[]> producer;
  private final Consumer<RuntimeException> failed;
  private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
  private final Thread thread;

  private volatile boolean closed;

  private record Pending(ProducerRecord<byte[], byte[]> record, CompletableFuture<Void> done) {}

  /**
   * Begins to wait for entries.
   *
   * @param producer ready for transactions; closed together with this
   * @param failed is told why a transaction failed, unless the partition was given up
   */
  OwnedLedger(int partition, Producer<byte[], byte[]> producer, Consumer<RuntimeException> failed) {
    this.producer = producer;
    this.failed = failed;
    this.thread = new Thread(this::run, "writer-ledger-" + partition);
    thread.start();
  }

  /** Fails with {@link CancellationException} if the partition was given up. */
  CompletableFuture<Void> send(ProducerRecord<byte[], byte[]> record) {
    Pending pending = new Pending(record, new CompletableFuture<>());
    queue.add(pending);
    if (closed) {
      cancelQueued();
    }
    return pending.done();
  }

  private void run() {
    List<Pending> gathered = new ArrayList<>();
    try {
      while (!closed) {
        gathered.add(queue.take());
        queue.drainTo(gathered, MOST_AT_ONCE - 1);
        commit(gathered);
        gathered.clear();
      }
    } catch (InterruptedException e) {
      // Closed; whatever is left is cancelled.
    } catch (RuntimeException | Error e) {
      failed.accept(e instanceof RuntimeException usual ? usual : new KafkaException(e));
    }
    gathered.forEach(pending -> pending.done().completeExceptionally(notOwned()));
    cancelQueued();
  }

  private void commit(List<Pending> entries) {
    try {
      producer.beginTransaction();
      for (Pending entry : entries) {
        var unused = producer.send(entry.record());
      }
      // Also gives up on brokers that are away for long: what is committed by then is read back.
      producer.commitTransaction();
      entries.forEach(entry -> entry.done().complete(null));
    } catch (RuntimeException | Error e) {
      // An error too: this thread is all that those who appended wait for.
      RuntimeException why = e instanceof RuntimeException usual ? usual : new KafkaException(e);
      if (closed) {
        why = notOwned();
      } else {
        failed.accept(why);
      }
      RuntimeException told = why;
      entries.forEach(entry -> entry.done().completeExceptionally(told));
    }
  }

  private void cancelQueued() {
    for (Pending pending = queue.poll(); pending != null; pending = queue.poll()) {
      pending.done().completeExceptionally(notOwned());
    }
  }

  static CancellationException notOwned() {
    return new CancellationException("the partition is not ours any more");
  }

  /** Gives the partition up. What was sent and is not durable yet is cancelled. */
  void close() {
    closed = true;
    thread.interrupt();
    producer.close(Duration.ZERO);
  }
}
