package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.curation.DecidedTurns;
import dev.tavernmem0.writer.kafka.CurationLog;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second which chats are not to be remembered and which turns are forgotten, and tells
 * the session when that has changed. A thread of its own, because the session must not wait for
 * Kafka's answers.
 */
final class CurationWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CurationWatch.class);
  private static final long EVERY_MS = 1000;

  private final CurationLog log;
  private final ConsumerSession session;
  private final Map<Integer, DecidedTurns> told = new HashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "writer-curation"));
  private boolean failing;

  CurationWatch(CurationLog log, ConsumerSession session) {
    this.log = log;
    this.session = session;
    var unused =
        thread.scheduleWithFixedDelay(this::look, EVERY_MS, EVERY_MS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      Set<Integer> owned = session.owned();
      told.keySet().retainAll(owned);
      for (int partition : owned) {
        DecidedTurns decided = log.ofTurns(partition);
        if (!decided.equals(told.put(partition, decided))) {
          session.enqueue(() -> session.heed(partition, decided));
        }
      }
      failing = false;
    } catch (KafkaException e) {
      if (!failing && !thread.isShutdown()) {
        LOG.warn("cannot look what users decided about their turns: {}", e.getMessage());
      }
      failing = true;
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
