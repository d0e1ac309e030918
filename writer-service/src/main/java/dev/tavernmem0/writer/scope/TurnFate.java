package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.Fate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a turn so far.
 *
 * @param chatId its chat
 * @param turnId the turn
 * @param hash the version that the fate is about; empty if that is forgotten
 * @param offset where it stands in the log, in the partition of the chat; -1 if that is forgotten
 * @param gone the chat has it no more
 * @param fate its fate
 * @param reason why it was skipped, held, retracted or refused; null otherwise
 * @param batchId the batch it is in; null before it is in one
 * @param memoryIds the memories of that batch
 */
public record TurnFate(
    String chatId,
    String turnId,
    String hash,
    long offset,
    boolean gone,
    Fate fate,
    @Nullable String reason,
    @Nullable String batchId,
    List<String> memoryIds) {}
