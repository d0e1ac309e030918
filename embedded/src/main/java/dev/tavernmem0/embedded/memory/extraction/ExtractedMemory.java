package dev.tavernmem0.embedded.memory.extraction;

import org.jspecify.annotations.Nullable;

/**
 * Something worth remembering.
 *
 * @param text one statement that stands for itself
 * @param attributedTo whose words it comes from, {@code user} or {@code assistant}; null if the
 *     model does not say
 */
public record ExtractedMemory(String text, @Nullable String attributedTo) {}
