/** Memories out of conversations, by a language model. */
@NullMarked
package dev.tavernmem0.embedded.memory.extraction;

import org.jspecify.annotations.NullMarked;
