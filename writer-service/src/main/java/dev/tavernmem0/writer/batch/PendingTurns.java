package dev.tavernmem0.writer.batch;

import dev.tavernmem0.common.event.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The turns of one chat that wait to be written: the <em>fresh</em> ones in the order of the chat,
 * and those to be written again, by the batch they were in.
 *
 * <p>Events tell a turn's position at the time of the event only, so an insertion or a deletion
 * moves the positions behind it here.
 */
final class PendingTurns {
  private final Map<String, PendingTurn> byId = new HashMap<>();
  private final List<PendingTurn> fresh = new ArrayList<>();
  private final Map<String, Map<String, PendingTurn>> rewrites = new LinkedHashMap<>();

  private @Nullable String lastUserId;
  private int lastUserPosition = -1;

  @Nullable PendingTurn get(String turnId) {
    return byId.get(turnId);
  }

  void add(PendingTurn turn) {
    remove(turn.turnId());
    byId.put(turn.turnId(), turn);
    String batch = turn.rewriteOf();
    if (batch != null) {
      rewrites.computeIfAbsent(batch, id -> new LinkedHashMap<>()).put(turn.turnId(), turn);
      return;
    }
    int index = fresh.size();
    while (index > 0 && fresh.get(index - 1).position() > turn.position()) {
      index--;
    }
    fresh.add(index, turn);
  }

  /** Puts a newer version in place of the one that waits, at the same place in the chat. */
  void replace(PendingTurn turn) {
    PendingTurn old = byId.put(turn.turnId(), turn);
    if (old == null) {
      throw new IllegalStateException("turn " + turn.turnId() + " is not pending");
    }
    String batch = turn.rewriteOf();
    if (batch != null) {
      rewrites.computeIfAbsent(batch, id -> new LinkedHashMap<>()).put(turn.turnId(), turn);
    } else {
      fresh.set(fresh.indexOf(old), turn);
    }
  }

  void remove(String turnId) {
    PendingTurn old = byId.remove(turnId);
    if (old == null) {
      return;
    }
    String batch = old.rewriteOf();
    if (batch == null) {
      fresh.remove(old);
      return;
    }
    Map<String, PendingTurn> group = rewrites.get(batch);
    if (group != null) {
      group.remove(turnId);
      if (group.isEmpty()) {
        rewrites.remove(batch);
      }
    }
  }

  /** A turn appeared amid the chat: what stands there and behind it moves down. */
  void inserted(int position) {
    shift(position, 1);
  }

  /** A turn left the chat: what stands behind it moves up. */
  void deleted(String turnId) {
    PendingTurn waiting = byId.get(turnId);
    int position = 0;
    if (waiting != null && waiting.rewriteOf() == null) {
      position = waiting.position();
    } else if (turnId.equals(lastUserId)) {
      position = lastUserPosition;
    }
    // Of any other turn it is known only that it was written before those that wait.
    if (turnId.equals(lastUserId)) {
      lastUserId = null;
      lastUserPosition = -1;
      for (PendingTurn turn : fresh) {
        if (turn.role() == Role.USER && !turn.turnId().equals(turnId)) {
          sawUser(turn.turnId(), turn.position());
        }
      }
    }
    shift(position + 1, -1);
  }

  /** A turn went to another place in the chat. */
  void moved(String turnId, int position) {
    PendingTurn waiting = byId.get(turnId);
    if (waiting == null || waiting.rewriteOf() != null) {
      return;
    }
    remove(turnId);
    shift(waiting.position() + 1, -1);
    shift(position, 1);
    add(waiting.at(position));
  }

  private void shift(int from, int by) {
    for (int i = 0; i < fresh.size(); i++) {
      PendingTurn turn = fresh.get(i);
      if (turn.position() >= from) {
        PendingTurn shifted = turn.at(turn.position() + by);
        fresh.set(i, shifted);
        byId.put(shifted.turnId(), shifted);
      }
    }
    if (lastUserPosition >= from) {
      lastUserPosition += by;
    }
  }

  /** Notes a user's turn, pending or not: what stands before it is settled. */
  void sawUser(String turnId, int position) {
    if (position >= lastUserPosition) {
      lastUserId = turnId;
      lastUserPosition = position;
    }
  }

  /** Whether the turn will not be swiped away any more. */
  boolean settled(PendingTurn turn, Duration settle, Instant now) {
    return turn.position() < lastUserPosition || turn.unchangedFor(settle, now);
  }

  /** Fresh turns in the order of the chat. */
  List<PendingTurn> fresh() {
    return Collections.unmodifiableList(fresh);
  }

  /** Batches that have turns waiting to be written again, longest waiting first. */
  List<String> rewrittenBatches() {
    return List.copyOf(rewrites.keySet());
  }

  /** Turns waiting to be written again with a batch, in no order. */
  Collection<PendingTurn> ofBatch(String batchId) {
    return rewrites.getOrDefault(batchId, Map.of()).values();
  }

  Collection<PendingTurn> all() {
    return Collections.unmodifiableCollection(byId.values());
  }

  int size() {
    return byId.size();
  }

  boolean isEmpty() {
    return byId.isEmpty();
  }
}
