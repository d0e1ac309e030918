/** SillyTavern's data directory: its layout, its groups, and what changes in it. */
@NullMarked
package dev.tavernmem0.watcher.files;

import org.jspecify.annotations.NullMarked;
