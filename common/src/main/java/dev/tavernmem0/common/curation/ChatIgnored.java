package dev.tavernmem0.common.curation;

import dev.tavernmem0.common.identity.Scope;

/**
 * A chat is not to be remembered.
 *
 * @param scope whose chat it is
 * @param chatId see {@link dev.tavernmem0.common.identity.ChatIds}
 * @param tsMs when it was decided, milliseconds since the epoch
 */
public record ChatIgnored(Scope scope, String chatId, long tsMs) implements Curation {
  static final String KIND = "chat-ignored";

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String id() {
    return chatId;
  }

  @Override
  public CurationKey key() {
    return new CurationKey(scope, KIND, chatId);
  }

  @Override
  public String toString() {
    return "ChatIgnored[" + key() + "]";
  }
}
