package dev.tavernmem0.watcher.view;

import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.state.ChatEntry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A chat as the watcher knows it.
 *
 * @param path where it is
 * @param entry which chat it is
 * @param turns that it has
 * @param changedAt when its turns were last stored; null if none ever were
 */
public record TrackedChat(ChatPath path, ChatEntry entry, int turns, @Nullable Instant changedAt) {}
