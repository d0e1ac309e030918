package dev.tavernmem0.writer.log;

import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.Scope;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Words of a turn, as the log has them.
 *
 * @param scope where they belong
 * @param chatId the chat
 * @param turnId the turn
 * @param hash of the words
 * @param offset where they stand
 * @param sentAt when they were said; null if the chat does not tell
 */
public record LoggedVersion(
    Scope scope, String chatId, String turnId, String hash, long offset, @Nullable Instant sentAt) {

  static LoggedVersion of(TurnEvent event, Turn turn, long offset) {
    return new LoggedVersion(
        Scope.of(event.source()),
        event.source().chatId(),
        turn.turnId(),
        turn.hash(),
        offset,
        turn.sentAt());
  }
}
