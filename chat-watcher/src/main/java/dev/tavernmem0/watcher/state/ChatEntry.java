package dev.tavernmem0.watcher.state;

import org.jspecify.annotations.Nullable;

/**
 * What the watcher knows of a chat file, besides its turns.
 *
 * @param chatId never changes once given, whatever becomes of the file
 * @param integrity {@code chat_metadata.integrity} as last seen; null if the file has none
 * @param parentChatId the chat that this one was branched or copied from, as far as is known
 * @param scope that its turns were published in; null if they never were, or by an early version
 * @param badLines lines that are no messages, as last counted
 * @param unreadableDates messages whose {@code send_date} cannot be read, as last counted
 * @param blocks how many blocks of turns were stored, so that a lost one is noticed; 0 if not known
 * @param snapshotting its snapshot has begun and not ended: it has to be published again in full
 */
public record ChatEntry(
    String chatId,
    @Nullable String integrity,
    @Nullable String parentChatId,
    @Nullable String scope,
    int badLines,
    int unreadableDates,
    int blocks,
    boolean snapshotting) {

  public ChatEntry {
    if (chatId == null || chatId.isEmpty()) {
      throw new IllegalArgumentException("a chat entry needs a chat id");
    }
  }

  /** A chat that nothing is stored of yet. */
  public ChatEntry(String chatId, @Nullable String integrity, @Nullable String parentChatId) {
    this(chatId, integrity, parentChatId, null, 0, 0, 0, false);
  }

  /** The same chat as its file is now. */
  public ChatEntry seen(@Nullable String newIntegrity, int newBadLines, int newUnreadableDates) {
    return new ChatEntry(
        chatId,
        newIntegrity,
        parentChatId,
        scope,
        newBadLines,
        newUnreadableDates,
        blocks,
        snapshotting);
  }

  /** The same chat, once it is known which one it was branched from. */
  public ChatEntry branchOf(@Nullable String parent) {
    return new ChatEntry(
        chatId, integrity, parent, scope, badLines, unreadableDates, blocks, snapshotting);
  }

  /** The same chat, its turns published in this scope. */
  public ChatEntry in(String newScope) {
    return new ChatEntry(
        chatId, integrity, parentChatId, newScope, badLines, unreadableDates, blocks, snapshotting);
  }

  /** The same chat with turns in so many blocks. */
  public ChatEntry in(int newBlocks) {
    return new ChatEntry(
        chatId, integrity, parentChatId, scope, badLines, unreadableDates, newBlocks, snapshotting);
  }

  /** The same chat at the beginning or the end of a snapshot of it. */
  public ChatEntry snapshotting(boolean begun) {
    return new ChatEntry(
        chatId, integrity, parentChatId, scope, badLines, unreadableDates, blocks, begun);
  }
}
