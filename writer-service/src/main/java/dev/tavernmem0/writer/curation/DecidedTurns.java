package dev.tavernmem0.writer.curation;

import dev.tavernmem0.common.identity.Scope;
import java.util.Map;

/**
 * What users decided about the turns of a partition.
 *
 * @param position up to where that was read: what stands behind it is not in it yet
 * @param byScope what was decided; scopes about which nothing was are not in it
 */
public record DecidedTurns(long position, Map<Scope, TurnDecisions> byScope) {
  /** Nothing is known yet. */
  public static final DecidedTurns NONE = new DecidedTurns(0, Map.of());

  public DecidedTurns {
    byScope = Map.copyOf(byScope);
  }

  /** What was decided about the turns of a scope. */
  public TurnDecisions of(Scope scope) {
    return byScope.getOrDefault(scope, TurnDecisions.NONE);
  }
}
