package dev.tavernmem0.writer.sweep;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whose a memory of a scope is, as the ledger has it. */
public final class KnownBatches {
  private final Map<String, LedgerEntry> batches = new HashMap<>();
  private final Set<String> turns = new HashSet<>();

  /** Of all entries of a scope. */
  public KnownBatches(Collection<LedgerEntry> entries) {
    for (LedgerEntry entry : entries) {
      batches.put(entry.batchId(), entry);
      entry.turns().forEach(turn -> turns.add(turn.turnId()));
    }
  }

  /** The batch of this id; null if the ledger does not know it. */
  @Nullable LedgerEntry find(String batchId) {
    return batches.get(batchId);
  }

  /**
   * Whether a memory is of turns that the ledger knows. It forgets a batch that was taken back when
   * all its turns are in others; of other turns a batch is another installation's.
   */
  boolean knowTurnsOf(StoredMemory memory) {
    return !memory.turnIds().isEmpty() && turns.containsAll(memory.turnIds());
  }

  /** Whether nothing is lost if the memory goes: no batch of its id is to be held by mem0. */
  public boolean areDoneWith(StoredMemory memory) {
    LedgerEntry batch = memory.batchId() == null ? null : batches.get(memory.batchId());
    return batch == null ? knowTurnsOf(memory) : isDone(batch);
  }

  /** Whether mem0 is to hold what the batch says. */
  static boolean isTold(LedgerEntry entry) {
    return entry.fate() == Fate.WRITTEN || entry.fate() == Fate.EMPTY || entry.fate() == Fate.HELD;
  }

  /** Whether mem0 is to hold nothing of the batch. */
  static boolean isDone(LedgerEntry entry) {
    return entry.fate() == Fate.RETRACTED || entry.fate() == Fate.DEAD;
  }
}
