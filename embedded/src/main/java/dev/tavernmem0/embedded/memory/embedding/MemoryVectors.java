package dev.tavernmem0.embedded.memory.embedding;

/**
 * A memory's embeddings, one of each model, so that a query in either language finds it.
 *
 * @param english of length 1
 * @param chinese of length 1
 */
public record MemoryVectors(float[] english, float[] chinese) {}
