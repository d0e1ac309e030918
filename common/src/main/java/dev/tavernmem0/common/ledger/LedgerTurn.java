package dev.tavernmem0.common.ledger;

/**
 * A turn as a batch holds it.
 *
 * @param turnId the turn
 * @param hash the version that was written
 * @param offset where that version's event (or, if gone, its deletion) stands in the turns topic,
 *     in the partition of the chat; what stands before it is old news about this turn
 * @param gone the chat has this turn no more
 */
public record LedgerTurn(String turnId, String hash, long offset, boolean gone) {
  public LedgerTurn(String turnId, String hash, long offset) {
    this(turnId, hash, offset, false);
  }

  /** The turn after its deletion. */
  public LedgerTurn goneAt(long deletionOffset) {
    return new LedgerTurn(turnId, hash, deletionOffset, true);
  }
}
