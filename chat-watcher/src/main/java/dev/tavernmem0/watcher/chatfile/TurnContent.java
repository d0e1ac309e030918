package dev.tavernmem0.watcher.chatfile;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.identity.TurnHash;
import java.util.HexFormat;

/**
 * What the diff needs to know of a turn's content; the text itself is not kept.
 *
 * @param role who speaks
 * @param hidden excluded from the prompt ({@code is_system} is truthy)
 * @param date {@link SendDate#key()}, 0 if the message has none
 * @param textHash {@link TurnHash} as a number
 * @param textLength in UTF-16 units
 * @param speaker checksum of the name over a user's line; 0 if not known, and of all other lines: a
 *     renamed character says what it said before
 */
public record TurnContent(
    Role role, boolean hidden, long date, long textHash, int textLength, int speaker) {

  static int speaker(Role role, String name) {
    if (role != Role.USER) {
      return 0;
    }
    int checksum = (int) LineHash.of(name);
    return checksum == 0 ? 1 : checksum;
  }

  /** The {@link TurnHash} of a message as a number. */
  public static long hash(Role role, String text) {
    return HexFormat.fromHexDigitsToLong(TurnHash.of(role, text));
  }

  /** The turn's {@link TurnHash}. */
  public String hash() {
    return HexFormat.of().toHexDigits(textHash);
  }

  /** The same message: everything but whether it is hidden. */
  public boolean sameMessage(TurnContent other) {
    return role == other.role && date == other.date && textHash == other.textHash;
  }

  /** Another user's name is over it, as far as is known. */
  public boolean hasOtherSpeaker(TurnContent other) {
    return speaker != 0 && other.speaker != 0 && speaker != other.speaker;
  }

  /** Says the same, whenever it was sent. */
  public boolean saysTheSame(TurnContent other) {
    return textHash == other.textHash && role == other.role;
  }
}
