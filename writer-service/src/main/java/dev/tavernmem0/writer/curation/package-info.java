/** What users decided about memories, as the writer heeds it. Plain Java. */
@NullMarked
package dev.tavernmem0.writer.curation;

import org.jspecify.annotations.NullMarked;
