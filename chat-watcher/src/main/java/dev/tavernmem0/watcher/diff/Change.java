package dev.tavernmem0.watcher.diff;

import dev.tavernmem0.common.event.Cause;
import org.jspecify.annotations.Nullable;

/**
 * One step from an old snapshot to a new file. Steps are applied in order; {@code index} is where
 * the turn stands after the step (for a delete: where it stood before).
 */
public sealed interface Change {

  int index();

  Cause cause();

  @Nullable TurnState before();

  @Nullable TurnState after();

  /** The turn that the step is about, as it is after it (for a delete: as it was). */
  default TurnState turn() {
    TurnState after = after();
    TurnState before = before();
    if (after != null) {
      return after;
    }
    if (before != null) {
      return before;
    }
    throw new IllegalStateException("a change has a turn");
  }

  /** The turn is gone. */
  record Delete(int index, TurnState before) implements Change {
    @Override
    public Cause cause() {
      return Cause.DELETE;
    }

    @Override
    public @Nullable TurnState after() {
      return null;
    }
  }

  /** The turn says something else, or was hidden or unhidden; {@code message} is its line. */
  record Update(int index, TurnState before, TurnState after, Cause cause, int message)
      implements Change {}

  /** The turn changed its place. */
  record Move(int from, int index, TurnState before, TurnState after, int message)
      implements Change {
    @Override
    public Cause cause() {
      return Cause.MOVE;
    }
  }

  /** A new turn, at the end (append) or before another one (insert). */
  record Insert(int index, TurnState after, Cause cause, int message) implements Change {
    @Override
    public @Nullable TurnState before() {
      return null;
    }
  }
}
