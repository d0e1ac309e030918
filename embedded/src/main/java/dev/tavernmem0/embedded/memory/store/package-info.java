/** Memories and their history on disk. */
@NullMarked
package dev.tavernmem0.embedded.memory.store;

import org.jspecify.annotations.NullMarked;
