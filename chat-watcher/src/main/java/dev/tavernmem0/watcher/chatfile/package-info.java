/**
 * SillyTavern's chat files: lines, headers, messages, dates. Plain Java; knows nothing of turns.
 */
@NullMarked
package dev.tavernmem0.watcher.chatfile;

import org.jspecify.annotations.NullMarked;
