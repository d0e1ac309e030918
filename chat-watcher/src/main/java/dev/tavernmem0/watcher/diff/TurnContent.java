package dev.tavernmem0.watcher.diff;

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
 */
public record TurnContent(Role role, boolean hidden, long date, long textHash, int textLength) {

  static long hash(Role role, String text) {
    return HexFormat.fromHexDigitsToLong(TurnHash.of(role, text));
  }

  /** The turn's {@link TurnHash}. */
  public String hash() {
    return HexFormat.of().toHexDigits(textHash);
  }

  /** The same message: everything but whether it is hidden. */
  boolean sameMessage(TurnContent other) {
    return role == other.role && date == other.date && textHash == other.textHash;
  }

  /** Says the same, whenever it was sent. */
  boolean saysTheSame(TurnContent other) {
    return textHash == other.textHash && role == other.role;
  }
}
