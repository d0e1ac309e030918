package dev.tavernmem0.writer.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.writer.curation.ScopeDecisions;
import dev.tavernmem0.writer.scope.Lane;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What operators can count. */
class WriterMetricsTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final WriterMetrics metrics = new WriterMetrics(meters);

  private static LedgerEntry batch(Fate fate, int turns, int calls) {
    return batch(fate, null, turns, calls);
  }

  private static LedgerEntry batch(Fate fate, @Nullable String reason, int turns, int calls) {
    return new LedgerEntry(
        "b",
        0,
        "chat",
        "chat.jsonl",
        new Scope("user", "agent"),
        List.of(),
        fate,
        reason,
        Collections.nCopies(turns, new LedgerTurn("t", null, "u", "h", 0, false)),
        List.of(),
        calls,
        0);
  }

  private double calls(String lane) {
    Counter counter = meters.get("tavern.writer.add.calls").tag("lane", lane).counter();
    return counter.count();
  }

  private DistributionSummary batches(String lane) {
    return meters.get("tavern.writer.batch.turns").tag("lane", lane).summary();
  }

  private CallsPerHundredTurns cost() {
    metrics.publish(WriterStatus.starting());
    return metrics.status().callsPerHundredTurns();
  }

  @Test
  void before_the_first_batch_nothing_is_said_of_the_cost() {
    assertThat(cost()).isEqualTo(new CallsPerHundredTurns(null, null));
  }

  @Test
  void a_repeated_call_costs_as_much_as_any() {
    metrics.ended(Lane.LIVE, batch(Fate.WRITTEN, 8, 1));
    metrics.ended(Lane.LIVE, batch(Fate.EMPTY, 8, 2));
    metrics.ended(Lane.LIVE, batch(Fate.DEAD, 4, 3));

    assertThat(calls("live")).isEqualTo(6);
    assertThat(batches("live").count()).isEqualTo(3);
    assertThat(batches("live").totalAmount()).isEqualTo(20);
    assertThat(cost()).isEqualTo(new CallsPerHundredTurns(30.0, null));
  }

  @Test
  void old_chats_are_counted_by_themselves() {
    metrics.ended(Lane.BACKLOG, batch(Fate.WRITTEN, 20, 1));
    metrics.ended(Lane.LIVE, batch(Fate.WRITTEN, 4, 1));

    assertThat(calls("backlog")).isEqualTo(1);
    assertThat(batches("backlog").totalAmount()).isEqualTo(20);
    assertThat(cost()).isEqualTo(new CallsPerHundredTurns(25.0, 5.0));
  }

  @Test
  void a_retraction_and_what_mem0_was_not_asked_about_cost_nothing() {
    metrics.ended(Lane.LIVE, batch(Fate.RETRACTED, 8, 1));
    metrics.ended(Lane.LIVE, batch(Fate.EMPTY, 8, 0));

    assertThat(calls("live")).isZero();
    assertThat(cost().live()).isNull();
  }

  @Test
  void what_users_forgot_is_told_from_what_was_not_worth_a_memory() {
    metrics.recorded(batch(Fate.EMPTY, 3, 1));
    metrics.recorded(batch(Fate.EMPTY, ScopeDecisions.FORGOTTEN, 2, 1));

    assertThat(meters.get("tavern.writer.turns").tag("fate", "empty").counter().count())
        .isEqualTo(3);
    assertThat(meters.get("tavern.writer.turns").tag("fate", "forgotten").counter().count())
        .isEqualTo(2);
  }
}
