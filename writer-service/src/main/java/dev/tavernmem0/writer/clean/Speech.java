package dev.tavernmem0.writer.clean;

/** Tells words that somebody says or does from the labels and values of a panel. */
final class Speech {
  private static final String QUOTED_OR_DONE = "\"“”„«»「」『』*";
  private static final String ENDS = ".!?…。！？";
  private static final int WORDS_OF_A_SENTENCE = 4;
  private static final int CHARACTERS_OF_A_SENTENCE = 8;
  private static final char FIRST_CHARACTER_WITHOUT_SPACES = '\u3000';

  private Speech() {}

  /** Whether there is something quoted or done, or a sentence. */
  static boolean isIn(String text) {
    int words = 0;
    int characters = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (QUOTED_OR_DONE.indexOf(c) >= 0) {
        return true;
      }
      if (ENDS.indexOf(c) >= 0) {
        if (words >= WORDS_OF_A_SENTENCE || characters >= CHARACTERS_OF_A_SENTENCE) {
          return true;
        }
        words = 0;
        characters = 0;
      }
      boolean letter = Character.isLetterOrDigit(c);
      if (letter && c > FIRST_CHARACTER_WITHOUT_SPACES) {
        characters++;
      } else if (letter && !inWord) {
        words++;
      }
      inWord = letter;
    }
    return false;
  }
}
