package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.Merge;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which batches share memories. mem0 1.x tells a fact of a later batch by changing or deleting a
 * memory of an earlier one; a memory then cannot be taken back for one of them without taking from
 * the other, so they are retracted together and written again, oldest first. What is entangled
 * follows from the ledger alone. Not thread-safe.
 */
final class Entanglements {
  private final ScopeLedger ledger;

  Entanglements(ScopeLedger ledger) {
    this.ledger = ledger;
  }

  /**
   * Batches that mem0 tells by memories that go when this one is retracted, and those that go with
   * these; without the batch itself, and without those that were retracted before.
   */
  Set<String> takenAlong(String batchId) {
    Set<String> along = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(Set.of(batchId));
    for (String next = open.poll(); next != null; next = open.poll()) {
      LedgerEntry entry = ledger.get(next);
      if (entry == null) {
        continue;
      }
      for (String memoryId : going(entry)) {
        for (String other : ledger.batchesOf(memoryId)) {
          if (!other.equals(batchId) && isTold(other) && along.add(other)) {
            open.add(other);
          }
        }
      }
    }
    return along;
  }

  /** Whether another batch, be it retracted, is told by a memory of this one. */
  boolean sharesMemories(LedgerEntry entry) {
    return ScopeLedger.memoriesOf(entry).stream()
        .anyMatch(memoryId -> ledger.batchesOf(memoryId).size() > 1);
  }

  /** Memories that are not as they were when the batch is retracted. */
  private static Set<String> going(LedgerEntry entry) {
    Set<String> going = new LinkedHashSet<>(entry.memoryIds());
    entry.merges().stream().filter(Merge::displaces).map(Merge::memoryId).forEach(going::add);
    return going;
  }

  /** Whether memories tell the batch, as far as the ledger knows. */
  private boolean isTold(String batchId) {
    LedgerEntry entry = ledger.get(batchId);
    return entry != null
        && switch (entry.fate()) {
          case WRITTEN, EMPTY, HELD, RETRACTING -> true;
          case PENDING, DEAD, UNKNOWN, SKIPPED, SAID, RETRACTED, FORGOTTEN -> false;
        };
  }

  /** Whether a batch is told by memories that went with another one. */
  boolean hasLostMemories(LedgerEntry entry) {
    return ScopeLedger.memoriesOf(entry).stream()
        .anyMatch(
            memoryId ->
                ledger.batchesOf(memoryId).stream()
                    .filter(other -> !other.equals(entry.batchId()))
                    .map(ledger::get)
                    .anyMatch(
                        other ->
                            other != null
                                && other.fate() == Fate.RETRACTED
                                && going(other).contains(memoryId)));
  }

  /** Batches that were retracted with this one and may wait to be written again, as it does. */
  Set<String> retractedWith(String batchId) {
    Set<String> with = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(Set.of(batchId));
    for (String next = open.poll(); next != null; next = open.poll()) {
      LedgerEntry entry = ledger.get(next);
      if (entry == null || entry.fate() != Fate.RETRACTED) {
        continue;
      }
      for (String memoryId : ScopeLedger.memoriesOf(entry)) {
        for (String other : ledger.batchesOf(memoryId)) {
          if (!other.equals(batchId) && with.add(other)) {
            open.add(other);
          }
        }
      }
    }
    return with;
  }

  /** The oldest of some batches, as the ledger has them. */
  String oldest(Set<String> batchIds) {
    return ledger.entries().stream()
        .map(LedgerEntry::batchId)
        .filter(batchIds::contains)
        .findFirst()
        .orElseThrow();
  }
}
