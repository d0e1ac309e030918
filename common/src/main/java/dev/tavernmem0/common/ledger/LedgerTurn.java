package dev.tavernmem0.common.ledger;

import org.jspecify.annotations.Nullable;

/**
 * An utterance as a batch holds it, with the turn that says it.
 *
 * @param turnId the turn
 * @param chatId the turn's chat; null if it is the entry's
 * @param utterance what is said, see {@link dev.tavernmem0.common.identity.UtteranceKeys}; turns of
 *     several chats can say the same
 * @param hash the version that was written
 * @param offset where that version's event (or, if the turn is deleted, its deletion) stands in the
 *     turns topic, in the partition of the scope; what stands before it is old news about this turn
 * @param gone no chat says it any more
 */
public record LedgerTurn(
    String turnId,
    @Nullable String chatId,
    String utterance,
    String hash,
    long offset,
    boolean gone) {

  /** The same utterance after nobody says it any more. */
  public LedgerTurn goneAt(long deletionOffset) {
    return new LedgerTurn(turnId, chatId, utterance, hash, deletionOffset, true);
  }
}
