package dev.tavernmem0.common.identity;

/**
 * Mints turn ids. SillyTavern has none, so a turn's id is made of the chat it was first seen in and
 * the ordinal of its minting there. Minting again after a crash, from the same state, gives the
 * same id, even if the turn's text changed in between.
 */
public final class TurnIds {
  private TurnIds() {}

  /**
   * The id of the {@code ordinal}-th turn minted in a chat.
   *
   * @param chatId the chat as it was known when the turn was first seen
   * @param ordinal counts up from 0 and is never used twice in a chat
   * @return 16 lower-case hex digits
   */
  public static String mint(String chatId, long ordinal) {
    if (ordinal < 0) {
      throw new IllegalArgumentException("ordinal must not be negative: " + ordinal);
    }
    return Digest.hex64("turn", chatId, Long.toString(ordinal));
  }
}
