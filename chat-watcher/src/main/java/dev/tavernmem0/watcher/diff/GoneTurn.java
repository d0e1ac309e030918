package dev.tavernmem0.watcher.diff;

/**
 * A turn that vanished. Its id waits for its line to come back: a wiped file may be restored.
 *
 * @param turn as it was
 * @param goneMs when it vanished, milliseconds since the epoch
 */
public record GoneTurn(TurnState turn, long goneMs) {}
