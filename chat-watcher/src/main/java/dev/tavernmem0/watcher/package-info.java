/** SillyTavern chat files to turn events. */
@NullMarked
package dev.tavernmem0.watcher;

import org.jspecify.annotations.NullMarked;
