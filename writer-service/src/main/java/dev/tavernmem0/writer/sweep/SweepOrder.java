package dev.tavernmem0.writer.sweep;

import java.util.Set;

/**
 * What a comparison of a scope is to do about what it finds.
 *
 * @param dryRun nothing: it is only told
 * @param suspectedBefore memories that the one before found left over, of batches that the ledger
 *     did not know
 * @param unwanted memories of batches that the ledger does not know that an operator wants deleted
 */
public record SweepOrder(boolean dryRun, Set<String> suspectedBefore, Set<String> unwanted) {

  public SweepOrder {
    suspectedBefore = Set.copyOf(suspectedBefore);
    unwanted = Set.copyOf(unwanted);
  }
}
