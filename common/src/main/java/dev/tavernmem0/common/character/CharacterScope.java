package dev.tavernmem0.common.character;

import dev.tavernmem0.common.identity.Mem0Ids;

/**
 * The scope id that a character has, whatever it was named when it got it.
 *
 * @param handle SillyTavern's user handle
 * @param avatar the avatar file's stem, as the character is named now
 * @param scope mem0's {@code agent_id} of its memories
 * @param tsMs when that was found, milliseconds since the epoch
 */
public record CharacterScope(String handle, String avatar, String scope, long tsMs) {

  /**
   * The record's key: {@code <user>/<encoded avatar>}. A record without a value says that no
   * character has that name any more.
   */
  public static String key(String handle, String avatar) {
    return Mem0Ids.user(handle) + "/" + Mem0Ids.character(avatar);
  }
}
