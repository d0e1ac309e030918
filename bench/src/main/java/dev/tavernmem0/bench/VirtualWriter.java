package dev.tavernmem0.bench;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.writer.WriterProperties;
import dev.tavernmem0.writer.scope.Eligibility;
import dev.tavernmem0.writer.scope.Lane;
import dev.tavernmem0.writer.scope.ScopeState;
import dev.tavernmem0.writer.scope.Task;
import dev.tavernmem0.writer.tokens.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * The writer's core for one character, with the default rules, a clock of its own and a mem0 that
 * answers at once. Not thread-safe.
 */
final class VirtualWriter {
  private static final Duration TICK = Duration.ofSeconds(1);

  private final ScopeState scope;
  private Instant now;
  private long offset;
  private int calls;
  private int turns;

  VirtualWriter(Scope scope, Instant now) {
    WriterProperties defaults =
        new Binder(new MapConfigurationPropertySource(Map.of()))
            .bindOrCreate("tavern.writer", WriterProperties.class);
    this.scope =
        new ScopeState(
            scope,
            defaults.batchRules(),
            defaults.batch()::maxTokens,
            new Eligibility(false, turn -> new Eligibility.Text(null, Tokens.count(turn.text()))));
    this.now = now;
  }

  Instant now() {
    return now;
  }

  void fold(TurnEvent event) {
    scope.fold(event, offset++, now);
  }

  /** Lets this time pass, and the writer write whatever is due. */
  void pass(Duration time) {
    Instant end = now.plus(time);
    while (now.isBefore(end)) {
      now = now.plus(TICK);
      scope.tick(now, true);
      for (Lane lane : List.of(Lane.LIVE, Lane.BACKLOG)) {
        for (Task task = scope.next(lane, now, true);
            task != null;
            task = scope.next(lane, now, true)) {
          calls++;
          turns += task.entry().turns().size();
          scope.completed(
              task.entry().outcome(Fate.WRITTEN, null, List.of(), 1, now.toEpochMilli()), now);
        }
      }
    }
  }

  int calls() {
    return calls;
  }

  /** How many turns these calls wrote. */
  int turns() {
    return turns;
  }
}
