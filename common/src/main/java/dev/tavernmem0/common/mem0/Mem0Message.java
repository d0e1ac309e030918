package dev.tavernmem0.common.mem0;

/**
 * A message of {@code POST /memories}. mem0 knows no speaker's name: it belongs into the content.
 *
 * @param role {@code user}, {@code assistant} or {@code system}; mem0 drops others silently
 * @param content the text
 */
public record Mem0Message(String role, String content) {}
