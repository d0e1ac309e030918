package dev.tavernmem0.writer.scope;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was said in a scope, by one turn or by several. Not thread-safe. */
final class Utterance {
  private final String id;
  private final String key;

  /** Small: there are as many of these as turns, and most are said by one. */
  private final Map<String, SaidTurn> turns = new LinkedHashMap<>(2);

  private @Nullable String batchId;
  private @Nullable String rewriteOf;

  Utterance(String id, String key) {
    this.id = id;
    this.key = key;
  }

  String id() {
    return id;
  }

  /** What it has in common with others that say the same in one chat. */
  String key() {
    return key;
  }

  /** Turns that say it, longest known first. */
  Collection<SaidTurn> turns() {
    return Collections.unmodifiableCollection(turns.values());
  }

  void saidBy(SaidTurn turn) {
    turns.put(turn.turnId(), turn);
  }

  void notSaidBy(String turnId) {
    turns.remove(turnId);
  }

  boolean isSaid() {
    return !turns.isEmpty();
  }

  /** The turn, if it says it; null if it does not. */
  @Nullable SaidTurn saidBy(String turnId) {
    return turns.get(turnId);
  }

  /** The turn, if it says it, or else the longest known that does; null if nobody says it. */
  @Nullable SaidTurn saidPreferablyBy(String turnId) {
    SaidTurn said = turns.get(turnId);
    return said != null || turns.isEmpty() ? said : turns.values().iterator().next();
  }

  boolean isSaidIn(Chat chat, String otherThan) {
    for (SaidTurn turn : turns.values()) {
      if (turn.chat() == chat && !turn.turnId().equals(otherThan)) {
        return true;
      }
    }
    return false;
  }

  /** The batch that holds it: written, about to be, on hold, dead; null if there is none. */
  @Nullable String batchId() {
    return batchId;
  }

  void inBatch(@Nullable String newBatchId) {
    batchId = newBatchId;
  }

  /** The batch, retracted or about to be, that it is to be written again with; null if none. */
  @Nullable String rewriteOf() {
    return rewriteOf;
  }

  void rewriteWith(@Nullable String retractedBatchId) {
    rewriteOf = retractedBatchId;
  }

  /**
   * The turn that it is, or is to be, written with: the first that is worth a memory. Hiding is not
   * forgetting, so of what was written before any turn will do.
   */
  @Nullable SaidTurn anchor() {
    for (SaidTurn turn : turns.values()) {
      if (turn.worthAMemory()) {
        return turn;
      }
    }
    return rewriteOf == null || turns.isEmpty() ? null : turns.values().iterator().next();
  }
}
