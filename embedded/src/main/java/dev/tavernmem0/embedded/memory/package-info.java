/** A small memory server that speaks mem0's REST interface. */
@NullMarked
package dev.tavernmem0.embedded.memory;

import org.jspecify.annotations.NullMarked;
