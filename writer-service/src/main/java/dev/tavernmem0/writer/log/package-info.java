/** The turns' log as it is read from its beginning, for replays and comparisons. Plain Java. */
@NullMarked
package dev.tavernmem0.writer.log;

import org.jspecify.annotations.NullMarked;
