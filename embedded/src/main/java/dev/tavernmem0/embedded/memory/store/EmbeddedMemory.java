package dev.tavernmem0.embedded.memory.store;

import dev.tavernmem0.embedded.memory.embedding.MemoryVectors;

/** A memory and its embeddings, to be stored. */
public record EmbeddedMemory(Memory memory, MemoryVectors vectors) {}
