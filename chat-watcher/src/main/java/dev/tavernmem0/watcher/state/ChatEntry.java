package dev.tavernmem0.watcher.state;

import org.jspecify.annotations.Nullable;

/**
 * What the watcher knows of a chat file, besides its turns.
 *
 * @param chatId never changes once given, whatever becomes of the file
 * @param integrity {@code chat_metadata.integrity} as last seen; null if the file has none
 * @param parentChatId the chat that this one was branched or copied from
 * @param badLines lines that are no messages, as last counted
 */
public record ChatEntry(
    String chatId, @Nullable String integrity, @Nullable String parentChatId, int badLines) {

  public ChatEntry {
    if (chatId == null || chatId.isEmpty()) {
      throw new IllegalArgumentException("a chat entry needs a chat id");
    }
  }

  /** The same chat as its file is now. */
  public ChatEntry seen(@Nullable String newIntegrity, int newBadLines) {
    return new ChatEntry(chatId, newIntegrity, parentChatId, newBadLines);
  }
}
