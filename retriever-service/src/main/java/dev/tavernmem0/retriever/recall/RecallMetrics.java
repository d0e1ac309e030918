package dev.tavernmem0.retriever.recall;

import dev.tavernmem0.retriever.query.Degraded;
import dev.tavernmem0.retriever.query.QueryLadder.Found;
import dev.tavernmem0.retriever.query.QueryLadder.Rewritten;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts and times retrievals, and logs when memory begins and ceases to be degraded (not each time
 * it is). Thread-safe.
 */
public final class RecallMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(RecallMetrics.class);
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(200),
    Duration.ofMillis(500),
    Duration.ofMillis(1000),
    Duration.ofMillis(2000),
    Duration.ofMillis(5000)
  };

  private final MeterRegistry meters;
  private final DistributionSummary injected;
  private final AtomicReference<@Nullable Degraded> last = new AtomicReference<>();

  public RecallMetrics(MeterRegistry meters) {
    this.meters = meters;
    this.injected =
        DistributionSummary.builder("tavern.retriever.memories")
            .description("Memories given to a prompt")
            .register(meters);
    for (Degraded reason : Degraded.values()) {
      degraded(reason);
    }
  }

  void searched(String stage, Found found, long nanos) {
    String outcome = found.memories().isEmpty() ? "nothing" : "hit";
    stage(
        stage, found.degraded() == null || !found.memories().isEmpty() ? outcome : "failed", nanos);
  }

  void rewritten(Rewritten rewritten, long nanos) {
    stage("rewrite", rewritten.degraded() == null ? "hit" : "failed", nanos);
  }

  private void stage(String stage, String outcome, long nanos) {
    Timer.builder("tavern.retriever.stage")
        .description("Time and outcome of each rung of the query ladder")
        .tag("stage", stage)
        .tag("outcome", outcome)
        .serviceLevelObjectives(BUCKETS)
        .register(meters)
        .record(Duration.ofNanos(nanos));
  }

  void finished(Recall recall, long nanos) {
    injected.record(recall.memories().size());
    Timer.builder("tavern.retriever.retrieve")
        .description("Time of a whole retrieval")
        .tag("applied", Boolean.toString(!recall.memories().isEmpty()))
        .serviceLevelObjectives(BUCKETS)
        .register(meters)
        .record(Duration.ofNanos(nanos));
    Degraded reason = recall.degraded();
    if (reason != null) {
      degraded(reason).increment();
    }
    Degraded before = last.getAndSet(reason);
    if (reason != null && reason != before) {
      LOG.warn("memory is degraded: {}; chats go on without it", reason.json());
    } else if (reason == null && before != null) {
      LOG.info("memory works again after {}", before.json());
    }
  }

  /** Why the latest retrieval was degraded; null if it was not. */
  public @Nullable Degraded lastDegraded() {
    return last.get();
  }

  private Counter degraded(Degraded reason) {
    return Counter.builder("tavern.retriever.degraded")
        .description("Retrievals in which memory did less than it could")
        .tag("reason", reason.json())
        .register(meters);
  }
}
