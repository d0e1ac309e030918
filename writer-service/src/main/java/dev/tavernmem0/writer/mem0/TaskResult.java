package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.LedgerEntry;

/** How a task ended. */
public sealed interface TaskResult {

  /** The ledger has this entry now. */
  record Recorded(LedgerEntry entry) implements TaskResult {}

  /** A batch in doubt was not stored; nothing was recorded. */
  record NotStored(LedgerEntry intent) implements TaskResult {}
}
