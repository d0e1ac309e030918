package dev.tavernmem0.watcher.rescue;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One chat in one scope as its events, in the order of the log, make it; as it was at a time. What
 * is said of a turn goes for it, however often it is said; a snapshot that comes to its end drops
 * the turns that it did not name. A chat that is deleted keeps its turns here until it is there
 * again: they are what is to be rescued. Not thread-safe.
 *
 * @param <T> what is kept of each turn
 */
public final class ChatFold<T> {
  private final long untilMs;
  private final Function<TurnEvent, T> keep;
  private final TurnList<T> turns = new TurnList<>();
  private final SaveTimes times = new SaveTimes();
  private final Set<String> deleted = new HashSet<>();
  private @Nullable Set<String> named;
  private @Nullable Source source;
  private long firstMs = Long.MAX_VALUE;
  private long savedMs = Long.MIN_VALUE;
  private long deletedMs;
  private int mostTurns;
  private long mostTurnsMs;

  /**
   * A chat of which nothing is known.
   *
   * @param untilMs milliseconds since the epoch; later saves are as if they had not been
   * @param keep tells what is kept of the turn after an event
   */
  public ChatFold(long untilMs, Function<TurnEvent, T> keep) {
    this.untilMs = untilMs;
    this.keep = keep;
  }

  /** Takes in an event of it. */
  public void apply(TurnEvent event) {
    if (event.op() == Op.UNKNOWN) {
      return;
    }
    long at = times.of(event);
    firstMs = Math.min(firstMs, at);
    if (at > untilMs) {
      return;
    }
    if (event.op() == Op.DELETE && event.source().cause() == Cause.CHAT_DELETED) {
      delete(event, at);
      return;
    }
    if (at > savedMs) {
      endOfSave();
    }
    savedMs = at;
    source = event.source();
    if (!deleted.isEmpty()) {
      turns.removeIf(deleted::contains);
      deleted.clear();
    }
    if (event.op() == Op.READ) {
      read(event);
    } else {
      named = null;
      change(event);
    }
  }

  /** Whether anything is known of it at that time. */
  public boolean isKnown() {
    return source != null;
  }

  /** Since when it is known, at any time; milliseconds since the epoch. */
  long firstMs() {
    return firstMs;
  }

  /** When it was last saved. */
  long savedMs() {
    return savedMs;
  }

  /** Null while it is there. */
  @Nullable Long deletedMs() {
    return deleted.isEmpty() ? null : deletedMs;
  }

  /** What the last event that was no deletion of the chat says of it. */
  public Source source() {
    if (source == null) {
      throw new IllegalStateException("nothing is known of the chat");
    }
    return source;
  }

  /** What is kept of its turns, in order. */
  List<T> turns() {
    return turns.all();
  }

  /** As {@link #turns()}, but for those that are gone with the file; empty if all of it is. */
  public List<T> living() {
    return turns.without(deleted);
  }

  int size() {
    return turns.size();
  }

  /** The most turns that a save left it with. */
  int mostTurns() {
    endOfSave();
    return mostTurns;
  }

  /** The last save that left it with as many. */
  long mostTurnsMs() {
    endOfSave();
    return mostTurnsMs;
  }

  private void endOfSave() {
    if (source != null && turns.size() >= mostTurns) {
      mostTurns = turns.size();
      mostTurnsMs = savedMs;
    }
  }

  private void delete(TurnEvent event, long at) {
    named = null;
    String turnId = event.turnId();
    if (turnId != null) {
      deletedMs = deleted.isEmpty() ? at : deletedMs;
      deleted.add(turnId);
    }
  }

  private void change(TurnEvent event) {
    String turnId = event.turnId();
    Turn turn = event.after();
    if (turn != null && event.op() != Op.DELETE) {
      turns.put(turn.turnId(), turn.position(), keep.apply(event));
    } else if (turnId != null) {
      turns.remove(turnId);
    }
  }

  private void read(TurnEvent event) {
    Turn turn = event.after();
    if (turn == null || turn.position() == 0) {
      named = new HashSet<>();
    }
    Set<String> snapshot = named;
    if (turn != null) {
      turns.put(turn.turnId(), turn.position(), keep.apply(event));
      if (snapshot != null) {
        snapshot.add(turn.turnId());
      }
    }
    if (snapshot != null && event.source().snapshot().endsChat()) {
      turns.removeIf(turnId -> !snapshot.contains(turnId));
      named = null;
    }
  }
}
