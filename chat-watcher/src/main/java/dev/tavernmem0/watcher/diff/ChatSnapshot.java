package dev.tavernmem0.watcher.diff;

import dev.tavernmem0.common.event.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of a chat: its turns in order, and the ordinal that the next new turn gets. It
 * follows the published events: every {@link Change} that is applied leaves a valid snapshot. Not
 * thread-safe.
 */
public final class ChatSnapshot {
  private final List<TurnState> turns;
  private int nextOrdinal;

  /** Of a chat that nothing is known of. */
  public ChatSnapshot() {
    this(List.of(), 0);
  }

  /**
   * A snapshot from its parts.
   *
   * @param turns in any order; they are sorted by rank
   * @param nextOrdinal greater than every turn's ordinal
   */
  public ChatSnapshot(List<TurnState> turns, int nextOrdinal) {
    this.turns = new ArrayList<>(turns);
    this.turns.sort(Comparator.comparing(TurnState::rank));
    this.nextOrdinal = nextOrdinal;
  }

  /** The turns in order; a view. */
  public List<TurnState> turns() {
    return Collections.unmodifiableList(turns);
  }

  public int nextOrdinal() {
    return nextOrdinal;
  }

  /** Content by line hash of the turns whose lines are known, for {@link ChatFile#read}. */
  public Map<Long, TurnContent> contentByLineHash() {
    Map<Long, TurnContent> known = new HashMap<>(turns.size() * 2);
    for (TurnState turn : turns) {
      if (turn.lineHash() != 0) {
        known.put(turn.lineHash(), turn.content());
      }
    }
    return known;
  }

  /** Whether the turn at {@code index} is a character's line before the first user turn. */
  public boolean isGreeting(int index) {
    if (turns.get(index).content().role() != Role.ASSISTANT) {
      return false;
    }
    for (int i = 0; i < index; i++) {
      if (turns.get(i).content().role() == Role.USER) {
        return false;
      }
    }
    return true;
  }

  /** Takes over what a diff learnt without it being a change, see {@link ChatDiff#seen()}. */
  public void refresh(ChatDiff diff) {
    if (diff.seen().size() != turns.size()) {
      throw new IllegalArgumentException("the diff was made of another snapshot");
    }
    Collections.copy(turns, diff.seen());
  }

  /** Applies the next step of a diff. */
  public void apply(Change change) {
    if (change instanceof Change.Insert insert) {
      turns.add(insert.index(), insert.after());
      nextOrdinal = Math.max(nextOrdinal, insert.after().ordinal() + 1);
    } else if (change instanceof Change.Delete delete) {
      turns.remove(delete.index());
    } else if (change instanceof Change.Move move) {
      turns.remove(move.from());
      turns.add(move.index(), move.after());
    } else if (change instanceof Change.Update update) {
      turns.set(update.index(), update.after());
    }
  }
}
