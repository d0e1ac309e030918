/**
 * Chats as the log of turn events has them, gone ones too: what they said at a time, and the file
 * that SillyTavern would read that from. Plain Java, no I/O.
 */
@NullMarked
package dev.tavernmem0.watcher.rescue;

import org.jspecify.annotations.NullMarked;
