package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.kafka.ReplayLog;
import dev.tavernmem0.writer.replay.ReplayRecords;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again which replays operators want, at whichever writer of the group, and how far
 * they are, and tells the session. A thread of its own, because the session must not wait for
 * Kafka's answers.
 */
final class ReplayWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayWatch.class);
  private static final long EVERY_MS = 500;

  private final ReplayLog log;
  private final ConsumerSession session;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "writer-replays"));
  private volatile @Nullable ReplayRecords known;
  private volatile int partitions;
  private boolean failing;

  ReplayWatch(ReplayLog log, ConsumerSession session) {
    this.log = log;
    this.session = session;
    var unused = thread.scheduleWithFixedDelay(this::look, 0, EVERY_MS, TimeUnit.MILLISECONDS);
  }

  /** What was known when it was looked last; null before the first look. */
  @Nullable ReplayRecords known() {
    return known;
  }

  /** How many partitions the turns have; 0 until it is known. */
  int partitions() {
    return partitions;
  }

  private void look() {
    try {
      refresh();
      failing = false;
    } catch (KafkaException e) {
      if (!failing && !thread.isShutdown()) {
        LOG.warn("cannot look which replays are wanted: {}", e.getMessage());
      }
      failing = true;
    }
  }

  private void refresh() {
    if (partitions == 0) {
      partitions = log.partitions();
    }
    ReplayRecords now = log.now();
    if (!now.equals(known)) {
      known = now;
      session.enqueue(() -> session.replays().heed(now));
    }
  }

  /**
   * Changes what is wanted.
   *
   * @param change of what is known by then; completes when it is durable
   * @return what is known after that; fails with what the change throws
   */
  CompletableFuture<ReplayRecords> ask(
      BiFunction<ReplayLog, ReplayRecords, CompletableFuture<Void>> change) {
    CompletableFuture<ReplayRecords> answer = new CompletableFuture<>();
    try {
      thread.execute(() -> carryOut(change, answer));
    } catch (RejectedExecutionException closing) {
      answer.completeExceptionally(new TurnConsumer.NotConnectedException());
    }
    return answer;
  }

  private void carryOut(
      BiFunction<ReplayLog, ReplayRecords, CompletableFuture<Void>> change,
      CompletableFuture<ReplayRecords> answer) {
    try {
      refresh();
      var unused =
          change
              .apply(log, log.now())
              .whenCompleteAsync(
                  (durable, failed) -> {
                    if (failed == null) {
                      look();
                      answer.complete(log.now());
                    } else {
                      answer.completeExceptionally(failed);
                    }
                  },
                  thread);
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      // The log is closed next, and not while it is being read.
      if (!thread.awaitTermination(EVERY_MS, TimeUnit.MILLISECONDS)) {
        LOG.debug("still reading");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
