package dev.tavernmem0.common.mem0;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code PUT /memories/{id}}; null leaves a part as it is.
 *
 * @param text new text; mem0 1.x refuses an update without one
 * @param metadata keys to merge into the memory's
 */
public record MemoryUpdate(@Nullable String text, @Nullable Map<String, Object> metadata) {}
