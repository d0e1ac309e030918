package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.LedgerEntry;

/** How some work ended. */
public sealed interface Outcome {

  /** The ledger has this entry now. */
  record Recorded(LedgerEntry entry) implements Outcome {}

  /** A batch in doubt was not stored; nothing was recorded. */
  record NotStored() implements Outcome {}
}
