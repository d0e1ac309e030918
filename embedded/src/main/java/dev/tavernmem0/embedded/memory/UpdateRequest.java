package dev.tavernmem0.embedded.memory;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What to change about a memory.
 *
 * @param text new text; null leaves it
 * @param metadata merged into the memory's, key by key; null leaves it
 * @param setExpirationDate whether the expiration date changes
 * @param expirationDate the new one; null for never
 */
public record UpdateRequest(
    @Nullable String text,
    @Nullable ObjectNode metadata,
    boolean setExpirationDate,
    @Nullable LocalDate expirationDate) {}
