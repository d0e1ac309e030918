/** Writing, finding and deleting the memories of a batch at mem0, one failure at a time. */
@NullMarked
package dev.tavernmem0.writer.mem0;

import org.jspecify.annotations.NullMarked;
