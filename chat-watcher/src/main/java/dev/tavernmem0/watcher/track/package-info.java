/** Follows chat files: which chat each is, what became of it, and the events of that. */
@NullMarked
package dev.tavernmem0.watcher.track;

import org.jspecify.annotations.NullMarked;
