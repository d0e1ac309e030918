/** Texts to vectors, in this process. */
@NullMarked
package dev.tavernmem0.embedded.memory.embedding;

import org.jspecify.annotations.NullMarked;
