package dev.tavernmem0.retriever.marker;

/** Kinds of folded characters. */
final class Signs {
  private static final String QUOTES = "\"'“”„‟«»‘’「」『』｢｣";
  private static final String MARKUP = "*_~`#[<";
  private static final String CLOSING = "*_~`]>)" + QUOTES;
  private static final String IN_WORDS = "-_'’/&@$+";

  private Signs() {}

  static boolean isLetter(int c) {
    return Character.isLetter(c);
  }

  static boolean isWord(int c) {
    return Character.isLetterOrDigit(c);
  }

  static boolean isSpace(int c) {
    return c == ' ' || c == '\n';
  }

  static boolean isQuote(int c) {
    return isIn(QUOTES, c);
  }

  /** Emphasis, headings and brackets in front of a label. */
  static boolean isMarkup(int c) {
    return isIn(MARKUP, c);
  }

  /** What may stand between a label and its colon, beside spaces. */
  static boolean isClosing(int c) {
    return isIn(CLOSING, c);
  }

  /** What makes one word of two: {@code eco-system}, {@code @user}. */
  static boolean isInWords(int c) {
    return isIn(IN_WORDS, c);
  }

  private static boolean isIn(String signs, int c) {
    return c != FoldedText.NONE && signs.indexOf(c) >= 0;
  }
}
