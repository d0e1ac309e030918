/**
 * Chat files in, changes of turns out: aligning a chat file with what was known, and the edit
 * script between the two. Plain Java, no I/O.
 */
@NullMarked
package dev.tavernmem0.watcher.diff;

import org.jspecify.annotations.NullMarked;
