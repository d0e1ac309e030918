package dev.tavernmem0.writer.consume;

import java.time.Instant;

/**
 * A chat whose snapshot has begun, has not ended and does not go on.
 *
 * @param chatId the chat
 * @param offset where it began: a restart reads the partition from there, or from before it
 * @param lastRead when its last event came
 */
public record UnendedSnapshot(String chatId, long offset, Instant lastRead) {}
