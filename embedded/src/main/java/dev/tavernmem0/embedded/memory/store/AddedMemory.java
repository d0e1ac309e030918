package dev.tavernmem0.embedded.memory.store;

import org.jspecify.annotations.Nullable;

/**
 * A memory that was stored.
 *
 * @param role who said it, if it is a message word for word; null if it was extracted
 */
public record AddedMemory(String id, String text, @Nullable String role) {}
