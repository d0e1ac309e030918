package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.LedgerEntry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A batch that was given up; its turns are on the dead-letter topic.
 *
 * @param id the batch's
 * @param chatId the chat that it was made of
 * @param chatFile that chat's file
 * @param reason what mem0 said, without chat text
 * @param since when it was given up
 * @param turns how many turns it has
 * @param attempts how many calls were made for it
 */
public record DeadBatch(
    String id,
    String chatId,
    String chatFile,
    @Nullable String reason,
    Instant since,
    int turns,
    int attempts) {

  static DeadBatch of(LedgerEntry entry) {
    return new DeadBatch(
        entry.batchId(),
        entry.chatId(),
        entry.chatFile(),
        entry.reason(),
        Instant.ofEpochMilli(entry.tsMs()),
        entry.turns().size(),
        entry.attempts());
  }
}
