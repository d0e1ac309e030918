package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/** The writer's own meters; their names are listed in the configuration docs. Thread-safe. */
public final class WriterMetrics {
  private final MeterRegistry meters;
  private volatile WriterStatus status = WriterStatus.starting();
  private final AtomicLong deadRecords = new AtomicLong();

  public WriterMetrics(MeterRegistry meters) {
    this.meters = meters;
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

  /** Makes this the status, with the number of dead records filled in: it outlives a session. */
  void publish(WriterStatus now) {
    status = now.withDeadRecords(deadRecords.get());
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
    meters
        .counter("tavern.writer.turns", "fate", entry.fate().json())
        .increment(entry.turns().size());
    if (entry.fate() != Fate.SKIPPED && entry.fate() != Fate.SAID) {
      meters.counter("tavern.writer.batches", "fate", entry.fate().json()).increment();
    }
  }

  void unreadableLedgerEntries(int count) {
    meters.counter("tavern.writer.ledger.unreadable").increment(count);
  }

  void sessionFailed() {
    meters.counter("tavern.writer.session.failures").increment();
  }
}
