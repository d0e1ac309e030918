package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.identity.BatchIds;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.common.ledger.Merge;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ledger of one scope in memory: the latest state of each entry. Not thread-safe. */
final class ScopeLedger {
  private final Map<String, LedgerEntry> entries = new LinkedHashMap<>();
  private final Map<String, Integer> retracted = new HashMap<>();
  private final Set<String> retractedBatches = new LinkedHashSet<>();
  private final Map<String, Set<String>> batchesOfMemories = new HashMap<>();
  private final Map<Fate, Integer> turns = new EnumMap<>(Fate.class);
  private int held;

  void put(LedgerEntry entry) {
    LedgerEntry before = entries.put(entry.batchId(), entry);
    count(before, -1);
    count(entry, 1);
    noMemoriesOf(before);
    Set<String> batch = Set.of(entry.batchId());
    for (String memoryId : entry.memoryIds()) {
      batchesOfMemories.merge(memoryId, batch, ScopeLedger::union);
    }
    for (Merge merge : entry.merges()) {
      batchesOfMemories.merge(merge.memoryId(), batch, ScopeLedger::union);
    }
    retractedBatches.remove(entry.batchId());
    if (entry.fate() == Fate.RETRACTED) {
      retractedBatches.add(entry.batchId());
      for (LedgerTurn turn : entry.turns()) {
        retracted.merge(turn.utterance(), entry.generation(), Math::max);
      }
    }
  }

  private void count(@Nullable LedgerEntry entry, int change) {
    if (entry != null) {
      held += entry.fate() == Fate.HELD ? change : 0;
      turns.merge(entry.fate(), change * entry.turns().size(), Integer::sum);
    }
  }

  void remove(String batchId) {
    LedgerEntry removed = entries.remove(batchId);
    count(removed, -1);
    noMemoriesOf(removed);
    retractedBatches.remove(batchId);
  }

  private void noMemoriesOf(@Nullable LedgerEntry entry) {
    if (entry != null && !(entry.memoryIds().isEmpty() && entry.merges().isEmpty())) {
      for (String memoryId : memoriesOf(entry)) {
        batchesOfMemories.computeIfPresent(
            memoryId,
            (id, batches) -> {
              Set<String> others = new LinkedHashSet<>(batches);
              others.remove(entry.batchId());
              return others.isEmpty() ? null : others;
            });
      }
    }
  }

  private static Set<String> union(Set<String> some, Set<String> more) {
    if (some.containsAll(more)) {
      return some;
    }
    Set<String> union = new LinkedHashSet<>(some);
    union.addAll(more);
    return union;
  }

  /** The memories that a batch is told by, and those that mem0 changed for it. */
  static Set<String> memoriesOf(LedgerEntry entry) {
    Set<String> memories = new LinkedHashSet<>(entry.memoryIds());
    entry.merges().forEach(merge -> memories.add(merge.memoryId()));
    return memories;
  }

  /** Batches that a memory is of: that added it, changed it, deleted it, or found it sufficient. */
  Set<String> batchesOf(String memoryId) {
    return batchesOfMemories.getOrDefault(memoryId, Set.of());
  }

  @Nullable LedgerEntry get(String batchId) {
    return entries.get(batchId);
  }

  /** The entry of a turn that is in no batch itself; null if there is none. */
  @Nullable LedgerEntry ofTurn(String turnId) {
    return entries.get(BatchIds.ofTurn(turnId));
  }

  /** How often an utterance was written before. */
  int generation(String utterance) {
    Integer last = retracted.get(utterance);
    return last == null ? 0 : last + 1;
  }

  /** Batches whose memories were deleted. */
  List<LedgerEntry> retracted() {
    List<LedgerEntry> found = new ArrayList<>(retractedBatches.size());
    for (String batchId : retractedBatches) {
      found.add(Objects.requireNonNull(entries.get(batchId)));
    }
    return found;
  }

  /** How many turns, gone ones included, entries of a fate have. */
  int turns(Fate fate) {
    return turns.getOrDefault(fate, 0);
  }

  /** How many batches are on hold. */
  int held() {
    return held;
  }

  /** Latest state of every entry, in the order of their first ones. */
  Collection<LedgerEntry> entries() {
    return Collections.unmodifiableCollection(entries.values());
  }

  /** What of a batch says an utterance; null if the batch does not hold it. */
  static @Nullable LedgerTurn turnOf(LedgerEntry entry, String utterance) {
    for (LedgerTurn turn : entry.turns()) {
      if (turn.utterance().equals(utterance)) {
        return turn;
      }
    }
    return null;
  }

  /** Whether mem0 holds the batch, may hold it, or has refused it for good. */
  static boolean isLive(LedgerEntry entry) {
    return switch (entry.fate()) {
      case PENDING, WRITTEN, EMPTY, HELD, RETRACTING, DEAD, UNKNOWN -> true;
      case SKIPPED, SAID, RETRACTED, FORGOTTEN -> false;
    };
  }
}
