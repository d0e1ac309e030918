package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.util.List;

/** Entries of a ledger for tests. */
final class Ledgers {
  private Ledgers() {}

  /** A turn at offset 5 that says {@code says-<id>}. */
  static LedgerTurn turn(String id) {
    return new LedgerTurn(id, null, "says-" + id, "hash", 5, false);
  }

  static LedgerEntry entry(String batchId, Fate fate, int generation, LedgerTurn... turns) {
    return new LedgerEntry(
        batchId,
        generation,
        "chat",
        "chat.jsonl",
        Simulation.SCOPE,
        List.of(),
        fate,
        fate == Fate.SKIPPED ? "hidden" : null,
        List.of(turns),
        fate == Fate.WRITTEN || fate == Fate.HELD ? List.of("memory-of-" + batchId) : List.of(),
        1,
        1000);
  }
}
