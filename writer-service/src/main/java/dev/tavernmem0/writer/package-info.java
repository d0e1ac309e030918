/** Turn events to memories. */
@NullMarked
package dev.tavernmem0.writer;

import org.jspecify.annotations.NullMarked;
