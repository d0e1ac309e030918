package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.forget.Forget;
import dev.tavernmem0.writer.forget.ForgetRecords;
import dev.tavernmem0.writer.kafka.ForgetLog;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again what is to be forgotten, at whichever writer of the group that was asked
 * for, and how far that is, and tells the session. A thread of its own, because the session must
 * not wait for Kafka's answers.
 */
final class ForgetWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ForgetWatch.class);
  private static final long EVERY_MS = 500;

  private final ForgetLog log;
  private final ConsumerSession session;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "writer-forgets"));
  private @Nullable ForgetRecords told;
  private boolean failing;

  ForgetWatch(ForgetLog log, ConsumerSession session) {
    this.log = log;
    this.session = session;
    var unused = thread.scheduleWithFixedDelay(this::look, 0, EVERY_MS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      ForgetRecords now = log.now();
      if (!now.equals(told)) {
        told = now;
        session.enqueue(() -> session.forgets().heed(now));
      }
      failing = false;
    } catch (KafkaException e) {
      if (!failing && !thread.isShutdown()) {
        LOG.warn("cannot look what is to be forgotten: {}", e.getMessage());
      }
      failing = true;
    }
  }

  /**
   * What is known by now.
   *
   * @throws KafkaException if that cannot be read now
   */
  ForgetRecords now() {
    return log.now();
  }

  /**
   * Where the turns' log ends by now, by partition.
   *
   * @throws KafkaException if that cannot be read now
   */
  Map<Integer, Long> ends() {
    return log.ends();
  }

  /** How many partitions the turns have. */
  int partitions() {
    return log.partitions();
  }

  /** Asks for it, and for these no more; completes when that is durable. */
  CompletableFuture<Void> ask(Forget forget, ForgetRecords known, List<String> noMore) {
    CompletableFuture<Void> asked = log.put(forget);
    for (String id : noMore) {
      asked = CompletableFuture.allOf(asked, log.remove(known, id));
    }
    return asked;
  }

  /** It is to be known no more. */
  CompletableFuture<Void> remove(String id) {
    return log.remove(log.now(), id);
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
