/** How found memories are scored. */
@NullMarked
package dev.tavernmem0.embedded.memory.search;

import org.jspecify.annotations.NullMarked;
