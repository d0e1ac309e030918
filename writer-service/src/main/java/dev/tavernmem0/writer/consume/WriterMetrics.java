package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.curation.ScopeDecisions;
import dev.tavernmem0.writer.mem0.Mem0Calls;
import dev.tavernmem0.writer.scope.Lane;
import dev.tavernmem0.writer.sweep.SweepResult;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/** The writer's own meters; their names are listed in docs/operations.md. Thread-safe. */
public final class WriterMetrics {
  private final MeterRegistry meters;
  private volatile WriterStatus status = WriterStatus.starting();
  private final AtomicLong deadRecords = new AtomicLong();
  private final LaneMeters live;
  private final LaneMeters backlog;
  private final Timer restores;

  public WriterMetrics(MeterRegistry meters) {
    this.meters = meters;
    this.live = new LaneMeters(Lane.LIVE, meters);
    this.backlog = new LaneMeters(Lane.BACKLOG, meters);
    this.restores =
        Timer.builder("tavern.writer.ledger.restores")
            .description("Reading the ledgers of partitions that were taken over together")
            .register(meters);
    gauge(
        "tavern.writer.pending.turns",
        "Turns said or changed just now that wait to be written",
        WriterStatus::pendingTurns);
    gauge(
        "tavern.writer.backlog.turns",
        "Turns of old chats that wait to be written",
        WriterStatus::backlogTurns);
    gauge("tavern.writer.in.flight", "Batches being written or retracted", WriterStatus::inFlight);
    gauge("tavern.writer.lag", "Records not read yet", WriterStatus::lag);
    gauge(
        "tavern.writer.holds", "Chats whose retraction waits for an operator", WriterStatus::holds);
    gauge("tavern.writer.dead.turns", "Turns that mem0 refused for good", WriterStatus::deadTurns);
    gauge(
        "tavern.writer.empty.turns",
        "Turns that mem0 found nothing to remember in",
        WriterStatus::emptyTurns);
    gauge(
        "tavern.writer.missing.memories",
        "Memories that are not in mem0 although their batches were written",
        now -> now.sweep().missingMemories());
    gauge(
        "tavern.writer.paused",
        "1 while nothing is consumed",
        now -> now.pausedBy() == null ? 0 : 1);
    TimeGauge.builder(
            "tavern.writer.pending.age",
            this,
            TimeUnit.MILLISECONDS,
            metrics -> metrics.status.oldestPendingMs())
        .description("How long the longest waiting turn has waited, the backlog aside")
        .register(meters);
    TimeGauge.builder(
            "tavern.writer.backlog.age",
            this,
            TimeUnit.MILLISECONDS,
            metrics -> metrics.status.oldestBacklogMs())
        .description("How long the longest waiting turn of the backlog has waited")
        .register(meters);
  }

  private void gauge(String name, String description, ToDoubleFunction<WriterStatus> value) {
    Gauge.builder(name, this, metrics -> value.applyAsDouble(metrics.status))
        .description(description)
        .register(meters);
  }

  /** Makes this the status, with what outlives a session filled in. */
  void publish(WriterStatus now) {
    status =
        now.sinceStart(
            deadRecords.get(),
            (long) meters.counter(Mem0Calls.PHANTOMS).count(),
            new CallsPerHundredTurns(live.callsPerHundredTurns(), backlog.callsPerHundredTurns()));
  }

  WriterStatus status() {
    return status;
  }

  /** A record was read; what became of it: {@code folded} or {@code unknown}. */
  void record(String result) {
    meters.counter("tavern.writer.records", "result", result).increment();
  }

  /** A record became a dead letter; why: {@code undecodable} or {@code fault}. */
  void deadRecord(String reason) {
    deadRecords.incrementAndGet();
    record(reason);
  }

  /** A batch, or a skipped turn, reached a fate. */
  void recorded(LedgerEntry entry) {
    boolean forgotten =
        entry.fate() == Fate.EMPTY && ScopeDecisions.FORGOTTEN.equals(entry.reason());
    String fate = forgotten ? ScopeDecisions.FORGOTTEN : entry.fate().json();
    meters.counter("tavern.writer.turns", "fate", fate).increment(entry.turns().size());
    if (entry.fate() != Fate.SKIPPED && entry.fate() != Fate.SAID) {
      meters.counter("tavern.writer.batches", "fate", fate).increment();
    }
  }

  /** A task of a lane has ended with this; a retraction writes nothing. */
  void ended(Lane lane, LedgerEntry entry) {
    if (entry.fate() == Fate.WRITTEN || entry.fate() == Fate.EMPTY || entry.fate() == Fate.DEAD) {
      (lane == Lane.LIVE ? live : backlog).ended(entry);
    }
  }

  /** A scope was compared with mem0, to its end or not. */
  void swept(SweepResult result) {
    String outcome = result.error() != null ? "failed" : result.whole() ? "compared" : "put_off";
    meters.counter("tavern.writer.sweep.scopes", "outcome", outcome).increment();
    meters.counter("tavern.writer.sweep.mended", "how", "deleted").increment(result.deleted());
    meters
        .counter("tavern.writer.sweep.mended", "how", "adopted")
        .increment(result.dryRun() ? 0 : result.adoptions().size());
  }

  /** The ledgers of partitions that were taken over were read. */
  void restored(Duration took) {
    restores.record(took);
  }

  void unreadableLedgerEntries(int count) {
    meters.counter("tavern.writer.ledger.unreadable").increment(count);
  }

  void sessionFailed() {
    meters.counter("tavern.writer.session.failures").increment();
  }
}
