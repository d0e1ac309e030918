package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.state.ChatEntry;
import org.jspecify.annotations.Nullable;

/**
 * The chat that events are about.
 *
 * @param path where it is
 * @param entry which chat it is
 * @param scope where its memories belong
 * @param group its group; null for solo chats
 * @param savedMs when its file was saved, milliseconds since the epoch
 * @param saveId names that save
 */
record ChatContext(
    ChatPath path,
    ChatEntry entry,
    String scope,
    @Nullable Group group,
    long savedMs,
    String saveId) {}
