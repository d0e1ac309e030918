package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written again together: by the batch that held it, or the words it replaces, and
 * that is retracted or about to be. Not thread-safe.
 */
final class Rewrites {
  private final Map<String, Set<Utterance>> groups = new LinkedHashMap<>();

  void add(String batchId, Utterance utterance) {
    utterance.rewriteWith(batchId);
    groups.computeIfAbsent(batchId, id -> new LinkedHashSet<>()).add(utterance);
  }

  /** The utterance is written, or said no more. */
  void take(Utterance utterance) {
    String batchId = utterance.rewriteOf();
    utterance.rewriteWith(null);
    groups.computeIfPresent(
        batchId == null ? "" : batchId,
        (id, group) -> {
          group.remove(utterance);
          return group.isEmpty() ? null : group;
        });
  }

  /** The batch is not retracted after all. Returns what was to be written again with it. */
  Set<Utterance> release(String batchId) {
    Set<Utterance> group = groups.remove(batchId);
    if (group == null) {
      return Set.of();
    }
    group.forEach(utterance -> utterance.rewriteWith(null));
    return group;
  }

  boolean contains(String batchId) {
    return groups.containsKey(batchId);
  }

  boolean isEmpty() {
    return groups.isEmpty();
  }

  /** The batches, longest known first. */
  Set<String> batches() {
    return Collections.unmodifiableSet(groups.keySet());
  }

  /** The turns to write again, with whatever batch. */
  List<SaidTurn> turns() {
    return groups.values().stream()
        .flatMap(Set::stream)
        .map(utterance -> Objects.requireNonNull(utterance.anchor()))
        .toList();
  }

  /**
   * The turns to write again with a batch: in its order, and behind them those with new words.
   *
   * @param old the batch; null if the ledger has forgotten it
   */
  List<SaidTurn> turns(String batchId, @Nullable LedgerEntry old) {
    Map<String, SaidTurn> waiting = new LinkedHashMap<>();
    for (Utterance utterance : groups.getOrDefault(batchId, Set.of())) {
      SaidTurn anchor = utterance.anchor();
      if (anchor != null) {
        waiting.put(anchor.turnId(), anchor);
      }
    }
    List<SaidTurn> turns = new ArrayList<>();
    if (old != null) {
      for (LedgerTurn turn : old.turns()) {
        SaidTurn said = waiting.remove(turn.turnId());
        if (said != null) {
          turns.add(said);
        }
      }
    }
    turns.addAll(waiting.values());
    return turns;
  }
}
