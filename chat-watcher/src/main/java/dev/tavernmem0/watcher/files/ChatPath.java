package dev.tavernmem0.watcher.files;

import dev.tavernmem0.common.event.ChatKind;
import org.jspecify.annotations.Nullable;

/**
 * Where a chat file is: {@code <handle>/chats/<character>/<file>} or {@code <handle>/group
 * chats/<file>} below the data root.
 *
 * @param handle the user
 * @param directory below the user's directory, with {@code /}
 * @param fileName with its extension
 */
public record ChatPath(String handle, String directory, String fileName) {
  static final String SOLO = "chats";
  static final String GROUP = "group chats";
  private static final String EXTENSION = ".jsonl";

  /** Temporary files of a save are {@code <chat>.jsonl.<digits>} and are none. */
  static boolean isChatFile(String fileName) {
    return fileName.endsWith(EXTENSION) && fileName.length() > EXTENSION.length();
  }

  /**
   * Where a chat was published from.
   *
   * @param character avatar file's stem; null for a group chat
   */
  public static ChatPath of(String handle, @Nullable String character, String fileName) {
    return new ChatPath(handle, character == null ? GROUP : directoryOf(character), fileName);
  }

  /** Path below the user's directory, with {@code /}. */
  public String relative() {
    return directory + "/" + fileName;
  }

  /** File name without its extension: SillyTavern's name of the chat. */
  public String stem() {
    return fileName.substring(0, fileName.length() - EXTENSION.length());
  }

  /** The chat of that name beside this one. */
  public ChatPath sibling(String stem) {
    return new ChatPath(handle, directory, stem + EXTENSION);
  }

  /** The directory of a character's solo chats. */
  public static String directoryOf(String character) {
    return SOLO + "/" + character;
  }

  public ChatKind kind() {
    return directory.equals(GROUP) ? ChatKind.GROUP : ChatKind.SOLO;
  }

  /** Avatar file's stem of a solo chat's character; null for a group chat. */
  public @Nullable String character() {
    return kind() == ChatKind.GROUP ? null : directory.substring(SOLO.length() + 1);
  }

  @Override
  public String toString() {
    return handle + "/" + relative();
  }
}
