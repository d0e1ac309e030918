package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.scope.TryAgain;
import dev.tavernmem0.writer.sweep.SweepResult;

/** How a task ended. */
public sealed interface TaskResult {

  /** The ledger has this entry now. */
  record Recorded(LedgerEntry entry) implements TaskResult {}

  /** A scope was compared with mem0. */
  record Swept(SweepResult result) implements TaskResult {}

  /** A batch in doubt was not stored; nothing was recorded. */
  record NotStored(LedgerEntry intent) implements TaskResult {}

  /**
   * Whether a batch in doubt was stored is not known, and need not be: posted again it is stored
   * once. Nothing was recorded.
   */
  record Repeatable(LedgerEntry intent) implements TaskResult {}

  /** A batch was not posted, because it made way for another; nothing of that is in the ledger. */
  record PutOff(LedgerEntry intent) implements TaskResult {}

  /**
   * mem0 refused a batch for good, and it is not known whether the batch is at fault; nothing was
   * recorded.
   *
   * @param message what mem0 said, without chat text
   * @param again how it is to be tried again
   */
  record Refused(LedgerEntry intent, String message, TryAgain again) implements TaskResult {}
}
