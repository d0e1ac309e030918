package dev.tavernmem0.embedded.memory.store;

/**
 * A memory and its embedding, to be stored.
 *
 * @param vector of length 1
 */
public record EmbeddedMemory(Memory memory, float[] vector) {}
