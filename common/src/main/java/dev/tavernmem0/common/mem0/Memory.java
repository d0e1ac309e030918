package dev.tavernmem0.common.mem0;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A memory as mem0 returns it.
 *
 * @param id mem0's id
 * @param text the memory
 * @param score how well it fits the query, higher is better, comparable within one search only;
 *     null outside searches
 * @param semanticScore cosine similarity to the query, comparable between searches; null if the
 *     server does not tell
 * @param userId encoded user
 * @param agentId encoded character or group
 * @param metadata as it was written
 * @param createdAt null if absent or unreadable
 * @param updatedAt null if absent or unreadable
 */
public record Memory(
    String id,
    String text,
    @Nullable Double score,
    @Nullable Double semanticScore,
    @Nullable String userId,
    @Nullable String agentId,
    Map<String, Object> metadata,
    @Nullable Instant createdAt,
    @Nullable Instant updatedAt) {}
