/** The conditions of mem0's search filters. */
@NullMarked
package dev.tavernmem0.embedded.memory.filter;

import org.jspecify.annotations.NullMarked;
