package dev.tavernmem0.watcher.chatfile;

import org.jspecify.annotations.Nullable;

/**
 * A chat file's first line.
 *
 * @param integrity {@code chat_metadata.integrity}; null in files from old versions and in the
 *     first save of a new group chat
 * @param mainChat {@code chat_metadata.main_chat}: name of the chat that this one was branched from
 */
public record ChatHeader(@Nullable String integrity, @Nullable String mainChat) {
  /** Of a file without a header line. */
  public static final ChatHeader NONE = new ChatHeader(null, null);
}
