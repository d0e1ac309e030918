package dev.tavernmem0.embedded.memory.embedding;

/**
 * A query's embedding.
 *
 * @param language whose model it is of
 * @param vector of length 1
 */
public record QueryVector(Language language, float[] vector) {}
