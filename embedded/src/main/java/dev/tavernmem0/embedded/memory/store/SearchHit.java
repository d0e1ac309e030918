package dev.tavernmem0.embedded.memory.store;

import dev.tavernmem0.embedded.memory.search.HybridScore;

/** A found memory. */
public record SearchHit(Memory memory, HybridScore score) {}
