package dev.tavernmem0.common.mem0;

/**
 * One result of {@code POST /memories}. An id is no proof that the memory exists: see {@link
 * Mem0Client#get}.
 *
 * @param id mem0's id
 * @param memory the text that was stored
 * @param event {@code ADD}; v1 also {@code UPDATE}, {@code DELETE} and {@code NONE}
 */
public record AddedMemory(String id, String memory, String event) {}
