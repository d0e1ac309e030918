package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A chat as the scope sees it: what it says, and what of that waits. Not thread-safe. */
final class Chat {
  private final String id;
  private final Map<String, SaidTurn> turns = new LinkedHashMap<>();
  private final WaitingTurns waiting = new WaitingTurns();

  private ChatInfo info;
  private @Nullable SnapshotRead snapshot;
  private Instant lastChange = Instant.MIN;
  private Instant lastArrival = Instant.MIN;
  private Instant lastSaid = Instant.MIN;
  private Instant lastRead = Instant.MIN;
  private long completeSince = -1;

  Chat(String id, ChatInfo info) {
    this.id = id;
    this.info = info;
  }

  /**
   * A snapshot of the chat that is being read.
   *
   * @param first offset of its first event
   * @param named the turns that it named so far
   */
  record SnapshotRead(long first, Set<String> named) {}

  String id() {
    return id;
  }

  ChatInfo info() {
    return info;
  }

  @Nullable SaidTurn turn(String turnId) {
    return turns.get(turnId);
  }

  void put(SaidTurn turn) {
    turns.put(turn.turnId(), turn);
  }

  void remove(SaidTurn turn) {
    turns.remove(turn.turnId());
  }

  /** All that it says, in no order. */
  Collection<SaidTurn> turns() {
    return Collections.unmodifiableCollection(turns.values());
  }

  WaitingTurns waiting() {
    return waiting;
  }

  /** Takes note of an event of the chat, whatever it turns out to mean. */
  void saw(TurnEvent event, Instant now) {
    info = ChatInfo.of(event.source());
    lastArrival = now;
    Instant changed = changedAt(event, now);
    if (changed.isAfter(lastChange)) {
      lastChange = changed;
    }
    if (event.op() == Op.READ) {
      lastRead = now;
    } else if (event.after() != null) {
      lastSaid = now;
    }
    String turnId = event.turnId();
    Turn turn = event.after();
    if (turnId == null) {
      return;
    }
    if (turn == null) {
      waiting.deleted(turnId);
      return;
    }
    if (event.op() == Op.CREATE && event.source().cause() == Cause.INSERT) {
      waiting.inserted(turn.position());
    } else if (event.source().cause() == Cause.MOVE) {
      waiting.moved(turnId, turn.position());
    }
    if (turn.role() == Role.USER) {
      waiting.sawUser(turnId, turn.position());
    }
  }

  /** When what the event tells happened: a snapshot tells of what was said long ago. */
  static Instant changedAt(TurnEvent event, Instant now) {
    Turn turn = event.after();
    Instant sentAt = turn == null ? null : turn.sentAt();
    Instant changed =
        event.op() == Op.READ && sentAt != null
            ? sentAt
            : Instant.ofEpochMilli(
                event.source().tsMs() > 0 ? event.source().tsMs() : event.tsMs());
    return changed.isAfter(now) ? now : changed;
  }

  /**
   * Follows the snapshots of the chat. While one is read its first event stays open, because only
   * all of it together tells what the chat has no more.
   *
   * @return the snapshot that is complete with this event; null if none is
   */
  @Nullable SnapshotRead readSnapshot(TurnEvent event, long offset, Effects effects) {
    SnapshotMarker marker = event.source().snapshot();
    Turn turn = event.after();
    boolean begins =
        event.op() == Op.READ
            && (marker == SnapshotMarker.FIRST_IN_DATA_COLLECTION
                || (marker.endsChat() && (turn == null || turn.position() == 0)));
    if (snapshot != null && (begins || event.op() != Op.READ)) {
      effects.close(snapshot.first());
      snapshot = null;
    }
    if (begins) {
      effects.owe(offset);
      snapshot = new SnapshotRead(offset, new HashSet<>());
    }
    if (snapshot == null || event.op() != Op.READ) {
      return null;
    }
    if (turn != null) {
      snapshot.named().add(turn.turnId());
    }
    if (!marker.endsChat()) {
      return null;
    }
    SnapshotRead complete = snapshot;
    completeSince = complete.first();
    snapshot = null;
    return complete;
  }

  /**
   * Where its last complete snapshot began: what is older and was not named is gone. -1 if none.
   */
  long completeSince() {
    return completeSince;
  }

  /** Whether more of what it said before the watcher looked is on its way. */
  boolean isBeingRead(BatchRules rules, Instant now) {
    return lastRead.isAfter(now.minus(rules.quiet()))
        || (snapshot != null && !quietFor(rules.maxAge(), now));
  }

  /** Nothing of it has come for so long. */
  boolean quietFor(Duration time, Instant now) {
    return !lastArrival.isAfter(now.minus(time));
  }

  /** Nothing in it has changed for so long. */
  boolean idleFor(Duration time, Instant now) {
    return !lastChange.isAfter(now.minus(time));
  }

  /** When something in it last changed, as the chat itself tells. */
  Instant lastChange() {
    return lastChange;
  }

  /** When the writer was last told that somebody said something here. */
  Instant lastSaid() {
    return lastSaid;
  }
}
