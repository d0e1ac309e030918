/**
 * Replays: what an operator wants written again, or at last, and how far that is. Plain Java; the
 * {@code consume} package carries them out, on the scopes' core.
 */
@NullMarked
package dev.tavernmem0.writer.replay;

import org.jspecify.annotations.NullMarked;
