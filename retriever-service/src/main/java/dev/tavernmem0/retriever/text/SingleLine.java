package dev.tavernmem0.retriever.text;

/** Text on one line, and cuts that never split a code point. Lengths are in UTF-16 units. */
public final class SingleLine {
  private static final String ELLIPSIS = "…";

  private SingleLine() {}

  /**
   * Puts a text on one line: every run of whitespace, line separators and control characters
   * becomes one space, the ends are trimmed, a lone surrogate becomes U+FFFD.
   */
  public static String of(String text) {
    return join(text, ' ');
  }

  /** The same, but a run that breaks the line becomes one {@code \n}. */
  public static String lines(String text) {
    return join(text, '\n');
  }

  private static String join(String text, char lineBreak) {
    StringBuilder line = new StringBuilder(text.length());
    boolean gap = false;
    boolean broken = false;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      if (isGap(codePoint)) {
        gap = !line.isEmpty();
        broken |= isLineBreak(codePoint);
        continue;
      }
      if (gap) {
        line.append(broken ? lineBreak : ' ');
        gap = false;
      }
      broken = false;
      boolean lone = codePoint <= 0xFFFF && Character.isSurrogate((char) codePoint);
      line.appendCodePoint(lone ? 0xFFFD : codePoint);
    }
    return line.toString();
  }

  private static boolean isLineBreak(int codePoint) {
    return (codePoint >= '\n' && codePoint <= '\r')
        || codePoint == 0x85
        || codePoint == 0x2028
        || codePoint == 0x2029;
  }

  private static boolean isGap(int codePoint) {
    return Character.isWhitespace(codePoint)
        || Character.isSpaceChar(codePoint)
        || Character.getType(codePoint) == Character.CONTROL;
  }

  /** The first {@code max} units, ending in an ellipsis if something was cut. */
  public static String head(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    if (max < 1) {
      return "";
    }
    int end = max - ELLIPSIS.length();
    if (splitsCodePoint(text, end)) {
      end--;
    }
    return text.substring(0, end) + ELLIPSIS;
  }

  /** The last {@code max} units: the end of a message is where its question is. */
  public static String tail(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int start = text.length() - Math.max(0, max);
    if (splitsCodePoint(text, start)) {
      start++;
    }
    return text.substring(start);
  }

  private static boolean splitsCodePoint(String text, int index) {
    return index > 0
        && index < text.length()
        && Character.isHighSurrogate(text.charAt(index - 1))
        && Character.isLowSurrogate(text.charAt(index));
  }
}
