package dev.tavernmem0.embedded.memory.store;

import org.jspecify.annotations.Nullable;

/**
 * One change of a memory.
 *
 * @param id of the change, UUID
 * @param oldMemory text before; null for {@code ADD}
 * @param newMemory text after; null for {@code DELETE}
 * @param event {@code ADD}, {@code UPDATE} or {@code DELETE}
 * @param createdAt when the memory was made, ISO-8601
 * @param updatedAt when this change was made, ISO-8601
 */
public record HistoryEvent(
    String id,
    String memoryId,
    @Nullable String oldMemory,
    @Nullable String newMemory,
    String event,
    @Nullable String createdAt,
    @Nullable String updatedAt,
    boolean isDeleted,
    @Nullable String actorId,
    @Nullable String role) {}
