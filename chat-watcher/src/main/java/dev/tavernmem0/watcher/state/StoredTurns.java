package dev.tavernmem0.watcher.state;

import dev.tavernmem0.watcher.diff.ChatSnapshot;

/**
 * A chat's turns as they are stored.
 *
 * @param snapshot all that can be read
 * @param whole whether that is all there was; otherwise what the log has of the chat is unknown
 */
public record StoredTurns(ChatSnapshot snapshot, boolean whole) {}
