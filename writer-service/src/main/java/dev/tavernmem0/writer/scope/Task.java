package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.LedgerEntry;
import java.util.List;

/** What is to be done at mem0 for a scope; one at a time per scope. */
public sealed interface Task {

  /** The batch that it is about. */
  LedgerEntry entry();

  /** Write a batch. The entry is its intent. */
  record Write(LedgerEntry entry) implements Task {}

  /**
   * Find out whether a batch was stored whose intent an earlier life of the writer left open. The
   * entry is that intent.
   */
  record Reconcile(LedgerEntry entry) implements Task {}

  /**
   * Delete the memories of a batch. The entry is what the ledger is to say then, with the turns as
   * they are now.
   *
   * @param ledger all entries of the scope: what is of another batch by now stays
   */
  record Retract(LedgerEntry entry, List<LedgerEntry> ledger) implements Task {
    /** Why a batch is taken back that is to be written again as it is. */
    public static final String REQUEUED = "requeued";
  }
}
