package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.scope.Lane;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the writes of a lane cost. Thread-safe. */
final class LaneMeters {
  private final Counter calls;
  private final DistributionSummary batches;
  // A registry may forget what it has passed on.
  private final LongAdder allCalls = new LongAdder();
  private final LongAdder allTurns = new LongAdder();

  LaneMeters(Lane lane, MeterRegistry meters) {
    String name = lane.name().toLowerCase(Locale.ROOT);
    this.calls =
        Counter.builder("tavern.writer.add.calls")
            .description("Adds to mem0, repeated ones included, of batches that have their fate")
            .tag("lane", name)
            .register(meters);
    this.batches =
        DistributionSummary.builder("tavern.writer.batch.turns")
            .description("Turns of the batches that mem0 was given")
            .baseUnit("turns")
            .tag("lane", name)
            .register(meters);
  }

  /** A batch has its fate; its calls are counted now, those of earlier lives too. */
  void ended(LedgerEntry batch) {
    if (batch.attempts() == 0) {
      return;
    }
    calls.increment(batch.attempts());
    batches.record(batch.turns().size());
    allCalls.add(batch.attempts());
    allTurns.add(batch.turns().size());
  }

  @Nullable Double callsPerHundredTurns() {
    long turns = allTurns.sum();
    return turns == 0 ? null : 100.0 * allCalls.sum() / turns;
  }
}
