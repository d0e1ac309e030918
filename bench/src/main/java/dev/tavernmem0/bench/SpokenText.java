package dev.tavernmem0.bench;

import java.util.Random;

/** What people and characters say: lengths spread as in real chats. Not thread-safe. */
final class SpokenText {
  private static final int TYPICAL_MESSAGE = 120;
  private static final int TYPICAL_REPLY = 700;

  /** A Chinese character says about as much as three Latin letters. */
  private static final int LETTERS_PER_CHARACTER = 3;

  private final Random random;
  private final Writing prose;

  SpokenText(Random random, Writing prose) {
    this.random = random;
    this.prose = prose;
  }

  /** What a user says. */
  String message(boolean chinese) {
    return text(TYPICAL_MESSAGE, chinese);
  }

  /** What a character says. */
  String reply(boolean chinese) {
    return text(TYPICAL_REPLY, chinese);
  }

  private String text(int typicalLength, boolean chinese) {
    int length = (int) Math.min(8000, typicalLength * Math.exp(0.7 * random.nextGaussian()));
    return chinese ? prose.chinese(length / LETTERS_PER_CHARACTER) : prose.english(length);
  }
}
