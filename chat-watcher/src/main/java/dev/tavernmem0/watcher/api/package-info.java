/** What operators ask the watcher, and ask of it, over HTTP. */
@NullMarked
package dev.tavernmem0.watcher.api;

import org.jspecify.annotations.NullMarked;
