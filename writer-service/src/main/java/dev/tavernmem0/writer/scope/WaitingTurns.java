package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.event.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The turns of one chat that wait to be written for the first time, in the order of the chat.
 *
 * <p>Events tell a turn's position at the time of the event only, so an insertion or a deletion
 * moves the positions behind it here. Not thread-safe.
 */
final class WaitingTurns {
  private final List<SaidTurn> turns = new ArrayList<>();

  private @Nullable String lastUserId;
  private int lastUserPosition = -1;
  private int live;

  void add(SaidTurn turn) {
    live += turn.backlog() ? 0 : 1;
    int index = turns.size();
    while (index > 0 && turns.get(index - 1).position() > turn.position()) {
      index--;
    }
    turns.add(index, turn);
  }

  /** Puts a newer version in place of the one that waits, at the same place in the chat. */
  void replace(SaidTurn old, SaidTurn turn) {
    turn.moveTo(old.position());
    turns.set(turns.indexOf(old), turn);
    live += (turn.backlog() ? 0 : 1) - (old.backlog() ? 0 : 1);
  }

  boolean contains(SaidTurn turn) {
    return turns.contains(turn);
  }

  void remove(SaidTurn turn) {
    if (turns.remove(turn) && !turn.backlog()) {
      live--;
    }
  }

  /** A turn appeared amid the chat: what stands there and behind it moves down. */
  void inserted(int position) {
    shift(position, 1);
  }

  /** A turn left the chat: what stands behind it moves up. */
  void deleted(String turnId) {
    SaidTurn waiting = find(turnId);
    int position = 0;
    if (waiting != null) {
      position = waiting.position();
    } else if (turnId.equals(lastUserId)) {
      position = lastUserPosition;
    }
    // Of any other turn it is known only that it was written before those that wait.
    if (turnId.equals(lastUserId)) {
      lastUserId = null;
      lastUserPosition = -1;
      for (SaidTurn turn : turns) {
        if (turn.role() == Role.USER && !turn.turnId().equals(turnId)) {
          sawUser(turn.turnId(), turn.position());
        }
      }
    }
    shift(position + 1, -1);
  }

  /** A turn went to another place in the chat. */
  void moved(String turnId, int position) {
    SaidTurn waiting = find(turnId);
    if (waiting == null) {
      return;
    }
    remove(waiting);
    shift(waiting.position() + 1, -1);
    shift(position, 1);
    waiting.moveTo(position);
    add(waiting);
  }

  private @Nullable SaidTurn find(String turnId) {
    for (SaidTurn turn : turns) {
      if (turn.turnId().equals(turnId)) {
        return turn;
      }
    }
    return null;
  }

  private void shift(int from, int by) {
    for (SaidTurn turn : turns) {
      if (turn.position() >= from) {
        turn.moveTo(turn.position() + by);
      }
    }
    if (lastUserPosition >= from) {
      lastUserPosition += by;
    }
  }

  /** Notes a user's turn, waiting or not: what stands before it is settled. */
  void sawUser(String turnId, int position) {
    if (position >= lastUserPosition) {
      lastUserId = turnId;
      lastUserPosition = position;
    }
  }

  /** Whether the turn will not be swiped away any more. */
  boolean settled(SaidTurn turn, Duration settle, Instant now) {
    return turn.position() < lastUserPosition || turn.unchangedFor(settle, now);
  }

  /** In the order of the chat. */
  List<SaidTurn> inOrder() {
    return Collections.unmodifiableList(turns);
  }

  boolean isEmpty() {
    return turns.isEmpty();
  }

  /** Whether some were said just now. Looked at often, and a backlog is long. */
  boolean hasLive() {
    return live > 0;
  }
}
