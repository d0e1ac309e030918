package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.kafka.PauseLog;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again whether an operator asks for a pause, at whichever writer of the group, and
 * asks for one itself. A thread of its own, because the session must not wait for Kafka's answers.
 */
final class PauseWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PauseWatch.class);
  private static final long EVERY_MS = 500;

  private final PauseLog log;
  private final ConsumerSession session;
  private final InstantSource clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "writer-pause"));
  private long heard;
  private boolean failing;

  /** {@code known} is what the session knows already. */
  PauseWatch(PauseLog log, PauseLog.Pause known, ConsumerSession session, InstantSource clock) {
    this.log = log;
    this.heard = known.offset();
    this.session = session;
    this.clock = clock;
    var unused =
        thread.scheduleWithFixedDelay(this::look, EVERY_MS, EVERY_MS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      PauseLog.Pause now = log.now();
      if (now.offset() > heard) {
        heard = now.offset();
        session.enqueue(() -> session.heed(now));
      }
      failing = false;
    } catch (KafkaException e) {
      if (!failing && !thread.isShutdown()) {
        LOG.warn("cannot look whether an operator asks for a pause: {}", e.getMessage());
      }
      failing = true;
    }
  }

  /**
   * Asks for a pause, or for its end, in the name of an operator.
   *
   * @return the status after the session has heeded it
   */
  CompletableFuture<WriterStatus> ask(boolean paused) {
    CompletableFuture<WriterStatus> answer = new CompletableFuture<>();
    try {
      thread.execute(() -> append(paused, answer));
    } catch (RejectedExecutionException closing) {
      answer.completeExceptionally(new TurnConsumer.NotConnectedException());
    }
    return answer;
  }

  private void append(boolean paused, CompletableFuture<WriterStatus> answer) {
    try {
      var unused =
          log.append(paused, clock.instant())
              .whenComplete(
                  (durable, failed) -> {
                    if (failed == null) {
                      session.enqueue(() -> answer.complete(session.heed(durable)));
                    } else {
                      answer.completeExceptionally(failed);
                    }
                  });
    } catch (KafkaException e) {
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
