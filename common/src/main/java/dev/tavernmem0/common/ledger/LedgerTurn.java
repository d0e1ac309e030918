package dev.tavernmem0.common.ledger;

/**
 * A turn as a batch holds it.
 *
 * @param turnId the turn
 * @param hash the version that was written
 * @param offset where its event stands in the turns topic, in the partition of the chat
 */
public record LedgerTurn(String turnId, String hash, long offset) {}
