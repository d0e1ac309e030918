/** The program {@code tavern-mem0}. */
@NullMarked
package dev.tavernmem0.cli;

import org.jspecify.annotations.NullMarked;
