package dev.tavernmem0.watcher.diff;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.watcher.chatfile.ChatFile;
import dev.tavernmem0.watcher.chatfile.KnownLines;
import dev.tavernmem0.watcher.chatfile.LineMark;
import dev.tavernmem0.watcher.chatfile.TurnContent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a chat: its turns in order, those that vanished and may come back, and the
 * ordinal that the next new turn gets. It follows the published events: every {@link Change} that
 * is applied leaves a valid snapshot. Not thread-safe.
 */
public final class ChatSnapshot {
  /** Vanished turns beyond this are forgotten, those minted first before the others. */
  private static final int MAX_GONE = 32_768;

  private final List<TurnState> turns;
  private final TreeMap<Integer, GoneTurn> gone = new TreeMap<>();
  private int nextOrdinal;

  /** Of a chat that nothing is known of. */
  public ChatSnapshot() {
    this(List.of(), List.of(), 0);
  }

  /**
   * A snapshot from its parts.
   *
   * @param turns in any order; they are sorted by rank
   * @param gone turns that vanished, in any order
   * @param nextOrdinal greater than every turn's ordinal
   */
  public ChatSnapshot(List<TurnState> turns, Collection<GoneTurn> gone, int nextOrdinal) {
    this.turns = new ArrayList<>(turns);
    this.turns.sort(Comparator.comparing(TurnState::rank));
    gone.forEach(this::putGone);
    this.nextOrdinal = nextOrdinal;
  }

  /** The turns in order; a view. */
  public List<TurnState> turns() {
    return Collections.unmodifiableList(turns);
  }

  /** The turns that vanished and may come back, by ordinal; a view. */
  public Collection<GoneTurn> gone() {
    return Collections.unmodifiableCollection(gone.values());
  }

  /** Forgets the turns that vanished before a time, milliseconds since the epoch. */
  public void forgetGoneBefore(long ms) {
    gone.values().removeIf(turn -> turn.goneMs() < ms);
  }

  public int nextOrdinal() {
    return nextOrdinal;
  }

  /** The lines that are known, for {@link ChatFile#read}; as the snapshot is at this moment. */
  public KnownLines lines() {
    return new KnownLines() {
      private @Nullable Map<LineMark, TurnContent> elsewhere;

      @Override
      public @Nullable TurnState at(int message) {
        return message < turns.size() ? turns.get(message) : null;
      }

      @Override
      public @Nullable TurnContent content(int message, LineMark line) {
        if (elsewhere == null) {
          if (message >= turns.size()) {
            // All before it are where they were: it is new.
            return null;
          }
          elsewhere = contentByLine();
        }
        return elsewhere.get(line);
      }
    };
  }

  private Map<LineMark, TurnContent> contentByLine() {
    Map<LineMark, TurnContent> known = new HashMap<>(turns.size() * 2);
    for (TurnState turn : turns) {
      if (turn.line().length() > 0) {
        known.put(turn.line(), turn.content());
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

  /**
   * Applies the next step of a diff.
   *
   * @param nowMs milliseconds since the epoch: when a turn that goes is gone
   */
  public void apply(Change change, long nowMs) {
    if (change instanceof Change.Insert insert) {
      turns.add(insert.index(), insert.after());
      gone.remove(insert.after().ordinal());
      nextOrdinal = Math.max(nextOrdinal, insert.after().ordinal() + 1);
    } else if (change instanceof Change.Delete delete) {
      putGone(new GoneTurn(turns.remove(delete.index()), nowMs));
    } else if (change instanceof Change.Move move) {
      turns.remove(move.from());
      turns.add(move.index(), move.after());
    } else if (change instanceof Change.Update update) {
      turns.set(update.index(), update.after());
    }
  }

  private void putGone(GoneTurn turn) {
    gone.put(turn.turn().ordinal(), turn);
    if (gone.size() > MAX_GONE) {
      gone.pollFirstEntry();
    }
  }
}
