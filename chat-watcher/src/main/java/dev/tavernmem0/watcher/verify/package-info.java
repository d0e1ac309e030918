/**
 * What SillyTavern's chat files say is compared with what the log of turns says. Plain Java; {@code
 * api} has files and log read.
 */
@NullMarked
package dev.tavernmem0.watcher.verify;

import org.jspecify.annotations.NullMarked;
