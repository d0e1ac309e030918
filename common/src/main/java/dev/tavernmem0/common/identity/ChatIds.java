package dev.tavernmem0.common.identity;

/**
 * Chat ids: the key of topic {@code tavern.chat.turns}. They start with the user's handle, because
 * two users may import the same chat, and never contain {@code /} or whitespace.
 *
 * <ul>
 *   <li>{@code <handle>:<integrity>}: the usual case, from {@code chat_metadata.integrity}
 *   <li>{@code <handle>:<integrity>:<path digest>}: a copy, while the original lives on another
 *       path
 *   <li>{@code <handle>:path:<path digest>}: a file that has no integrity (yet)
 * </ul>
 */
public final class ChatIds {
  private ChatIds() {}

  public static String ofIntegrity(String handle, String integrity) {
    return Mem0Ids.encode(handle) + ":" + Mem0Ids.encode(integrity);
  }

  /**
   * A copy of a chat.
   *
   * @param relativePath path below the user's directory, with {@code /}
   */
  public static String ofCopy(String handle, String integrity, String relativePath) {
    return ofIntegrity(handle, integrity) + ":" + Digest.hex64("path", relativePath);
  }

  /**
   * A chat without integrity.
   *
   * @param relativePath path below the user's directory, with {@code /}
   */
  public static String ofPath(String handle, String relativePath) {
    return Mem0Ids.encode(handle) + ":path:" + Digest.hex64("path", relativePath);
  }
}
