package dev.tavernmem0.watcher.diff;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.watcher.chatfile.ChatFile;
import dev.tavernmem0.watcher.chatfile.TurnContent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The steps from what was known of a chat to what its file says now.
 *
 * <p>A message that had vanished comes back as an insert of the turn that it was.
 *
 * <p>The steps are deletes from the end to the start, then updates, moves and inserts in the order
 * of the file. That order makes a diff repeatable: from the snapshot after any number of steps, the
 * same file gives exactly the steps that were left (as long as no two turns of the chat are equal
 * in role, date and text), so a crash between two of them changes nothing.
 *
 * @param seen the old turns, in order, with what was learnt that is not a change (another date or
 *     line of a turn that says the same); apply it with {@link ChatSnapshot#refresh}
 * @param changes to apply in order
 */
public record ChatDiff(List<TurnState> seen, List<Change> changes) {

  public ChatDiff {
    seen = List.copyOf(seen);
    changes = List.copyOf(changes);
  }

  /** What has to happen to {@code old} to become {@code now}. Does not change {@code old}. */
  public static ChatDiff between(ChatSnapshot old, ChatFile now) {
    return new Script(old, now).write();
  }

  /**
   * Whether so much of a chat is still there, or is there again, that it is the same chat: at least
   * one turn.
   */
  public static boolean related(ChatSnapshot old, ChatFile now) {
    Pairing pairing = Pairing.of(old, now);
    for (int n = 0; n < now.size(); n++) {
      boolean same =
          pairing.returned(n) != null
              || (pairing.oldOf(n) != Pairing.NONE && pairing.match(n) == Pairing.Match.SAME);
      if (same && now.content(n).date() != 0) {
        return true;
      }
    }
    return false;
  }

  /** Writes the steps while taking them on a copy. */
  private static final class Script {
    private final Pairing pairing;
    private final ChatFile now;
    private final int size;
    private final List<TurnState> seen;
    private final List<TurnState> work = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private int nextOrdinal;

    Script(ChatSnapshot old, ChatFile now) {
      this.pairing = Pairing.of(old, now);
      this.now = now;
      this.size = now.size();
      this.seen = new ArrayList<>(old.turns());
      this.nextOrdinal = old.nextOrdinal();
    }

    ChatDiff write() {
      for (int n = 0; n < size; n++) {
        refresh(n);
      }
      work.addAll(seen);
      delete();
      update();
      move();
      insert();
      return new ChatDiff(seen, changes);
    }

    private void refresh(int n) {
      int o = pairing.oldOf(n);
      if (o != Pairing.NONE && cause(n) == null) {
        seen.set(o, seen.get(o).seenAs(now.content(n), now.line(n)));
      }
    }

    private void delete() {
      for (int o = work.size() - 1; o >= 0; o--) {
        if (pairing.newOf(o) == Pairing.NONE) {
          changes.add(new Change.Delete(o, work.remove(o)));
        }
      }
    }

    private void update() {
      int[] indexInWork = new int[seen.size()];
      for (int o = 0, index = 0; o < indexInWork.length; o++) {
        indexInWork[o] = pairing.newOf(o) == Pairing.NONE ? Pairing.NONE : index++;
      }
      for (int n = 0; n < size; n++) {
        Cause cause = pairing.oldOf(n) == Pairing.NONE ? null : cause(n);
        if (cause != null) {
          int index = indexInWork[pairing.oldOf(n)];
          TurnState before = work.get(index);
          TurnState after = before.changedTo(now.content(n), now.line(n));
          work.set(index, after);
          changes.add(new Change.Update(index, before, after, cause, n));
        }
      }
    }

    private void move() {
      if (pairing.isInOrder()) {
        return;
      }
      Set<Integer> inOrder = new HashSet<>();
      pairing.inOrder().forEach(pair -> inOrder.add(pair.now()));
      int predecessor = Pairing.NONE;
      for (int n = 0; n < size; n++) {
        int o = pairing.oldOf(n);
        if (o == Pairing.NONE) {
          continue;
        }
        int ordinal = seen.get(o).ordinal();
        if (!inOrder.contains(n)) {
          int from = indexOf(ordinal);
          TurnState before = work.remove(from);
          int index = predecessor == Pairing.NONE ? 0 : indexOf(predecessor) + 1;
          TurnState after = before.movedTo(rankAt(index, 0));
          work.add(index, after);
          changes.add(new Change.Move(from, index, before, after, n));
        }
        predecessor = ordinal;
      }
    }

    private void insert() {
      for (int n = 0; n < size; n++) {
        if (pairing.oldOf(n) != Pairing.NONE) {
          continue;
        }
        TurnState back = pairing.returned(n);
        boolean last = n == work.size();
        TurnState turn = back == null ? minted(n, last) : back(n, back);
        Cause cause = back == null && last ? Cause.APPEND : Cause.INSERT;
        work.add(n, turn);
        changes.add(new Change.Insert(n, turn, cause, n));
      }
    }

    private TurnState minted(int n, boolean last) {
      return new TurnState(
          nextOrdinal++, 1, last ? null : rankAt(n, newOnesAfter(n)), now.content(n), now.line(n));
    }

    private TurnState back(int n, TurnState gone) {
      BigDecimal old = BigDecimal.valueOf(gone.ordinal() + 1L);
      boolean fits =
          (n == 0 || work.get(n - 1).rank().compareTo(old) < 0)
              && (n == work.size() || work.get(n).rank().compareTo(old) > 0);
      return gone.backAs(now.content(n), now.line(n), fits ? null : rankAt(n, newOnesAfter(n)));
    }

    /**
     * A rank for a turn at {@code index} that is followed by {@code more} others in the same gap:
     * with as few digits as leave room for all of them.
     */
    private BigDecimal rankAt(int index, int more) {
      BigDecimal low = index == 0 ? BigDecimal.ZERO : work.get(index - 1).rank();
      BigDecimal high =
          index == work.size() ? BigDecimal.valueOf(nextOrdinal + 1L) : work.get(index).rank();
      BigDecimal gap = high.subtract(low);
      BigDecimal places = BigDecimal.valueOf(more + 2L);
      int digits = 0;
      while (places.movePointLeft(digits).compareTo(gap) > 0) {
        digits++;
      }
      return low.add(BigDecimal.ONE.movePointLeft(digits));
    }

    private int newOnesAfter(int n) {
      int end = n + 1;
      while (end < size && pairing.oldOf(end) == Pairing.NONE) {
        end++;
      }
      return end - n - 1;
    }

    private int indexOf(int ordinal) {
      for (int i = 0; i < work.size(); i++) {
        if (work.get(i).ordinal() == ordinal) {
          return i;
        }
      }
      throw new IllegalStateException("no turn " + ordinal);
    }

    /** What happened to the turn that is message {@code n} now; null if nothing worth telling. */
    @SuppressWarnings("ReferenceEquality") // Most are the same object: that costs nothing to see.
    private @Nullable Cause cause(int n) {
      TurnContent was = seen.get(pairing.oldOf(n)).content();
      TurnContent is = now.content(n);
      if (was == is) {
        return null;
      }
      if (was.saysTheSame(is)) {
        if (was.hidden() != is.hidden()) {
          return is.hidden() ? Cause.HIDE : Cause.UNHIDE;
        }
        return was.hasOtherSpeaker(is) ? Cause.SPEAKER : null;
      }
      return switch (pairing.match(n)) {
        case SWIPE -> Cause.SWIPE;
        case SAME_PLACE -> continues(was, n) ? Cause.CONTINUE : Cause.REGENERATE;
        case EDIT, SAME, SAME_TEXT -> Cause.EDIT;
      };
    }

    private boolean continues(TurnContent was, int n) {
      return now.content(n).textLength() > was.textLength()
          && was.textHash()
              == TurnContent.hash(was.role(), now.message(n).text().substring(0, was.textLength()));
    }
  }
}
