package dev.tavernmem0.writer.batch;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A turn that waits to be written. Holds no text: that stays in the log, at the offset.
 *
 * @param turnId the turn
 * @param hash the version
 * @param offset where that version stands in the log
 * @param position index in the chat as far as known; counts only among turns written for the first
 *     time
 * @param role who speaks; {@link Role#UNKNOWN} if only the ledger knows the turn
 * @param chars length of the text; 0 if only the ledger knows the turn
 * @param changedAt when its text last changed
 * @param since when the writer learned of it
 * @param rewriteOf the retracted batch that it is to be written again with; null for the first time
 */
record PendingTurn(
    String turnId,
    String hash,
    long offset,
    int position,
    Role role,
    int chars,
    Instant changedAt,
    Instant since,
    @Nullable String rewriteOf) {

  /** A turn whose batch was retracted although the turn itself did not change. */
  static PendingTurn survivor(LedgerTurn turn, String batchId, Instant now) {
    return new PendingTurn(
        turn.turnId(), turn.hash(), turn.offset(), 0, Role.UNKNOWN, 0, Instant.MIN, now, batchId);
  }

  PendingTurn at(int newPosition) {
    return new PendingTurn(
        turnId, hash, offset, newPosition, role, chars, changedAt, since, rewriteOf);
  }

  /** The same turn in a newer version, at its place and waiting as long as this one has. */
  PendingTurn in(PendingTurn version) {
    return new PendingTurn(
        turnId,
        version.hash,
        version.offset,
        position,
        version.role,
        version.chars,
        hash.equals(version.hash) ? changedAt : version.changedAt,
        since,
        rewriteOf);
  }

  boolean unchangedFor(Duration time, Instant now) {
    return !changedAt.isAfter(now.minus(time));
  }

  LedgerTurn toLedger() {
    return new LedgerTurn(turnId, hash, offset);
  }
}
