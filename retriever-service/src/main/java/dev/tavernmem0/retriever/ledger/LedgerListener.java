package dev.tavernmem0.retriever.ledger;

import dev.tavernmem0.common.ledger.LedgerEntry;

/**
 * Takes in what the ledger says. Called by one thread at a time, with the same entry repeatedly.
 */
@FunctionalInterface
public interface LedgerListener {
  void entry(LedgerEntry entry);
}
