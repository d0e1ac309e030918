package dev.tavernmem0.writer.log;

import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.Scope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a chat says in the end, as the log alone tells: its events folded in their order, those of
 * each scope that it was in by themselves, as the writer folds them. Holds no text. Not
 * thread-safe.
 */
public final class LoggedChat {
  private final Map<Scope, InScope> scopes = new LinkedHashMap<>();

  /** Folds the next event of the chat. */
  public void fold(TurnEvent event, long offset) {
    if (event.op() != Op.UNKNOWN) {
      scopes.computeIfAbsent(Scope.of(event.source()), scope -> new InScope()).fold(event, offset);
    }
  }

  /** What is said in the end; what two scopes have is there twice. */
  public List<LoggedVersion> turns() {
    return scopes.values().stream().flatMap(scope -> scope.turns.values().stream()).toList();
  }

  /** What one scope has of it. */
  private static final class InScope {
    private static final long NONE = -1;

    private final Map<String, LoggedVersion> turns = new LinkedHashMap<>();
    private long snapshot = NONE;

    private void fold(TurnEvent event, long offset) {
      SnapshotMarker marker = event.source().snapshot();
      Turn turn = event.after();
      if (event.op() != Op.READ) {
        snapshot = NONE;
      } else if (marker == SnapshotMarker.FIRST_IN_DATA_COLLECTION
          || (marker.endsChat() && (turn == null || turn.position() == 0))) {
        snapshot = offset;
      }
      String turnId = event.turnId();
      if (turnId != null && turn != null && event.op() != Op.DELETE) {
        turns.put(turnId, LoggedVersion.of(event, turn, offset));
      } else if (turnId != null) {
        turns.remove(turnId);
      }
      if (event.op() == Op.READ && marker.endsChat() && snapshot != NONE) {
        long first = snapshot;
        turns.values().removeIf(said -> said.offset() < first);
        snapshot = NONE;
      }
    }
  }
}
