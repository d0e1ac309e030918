package dev.tavernmem0.writer.clean;

import java.util.regex.Pattern;

/** Spaces and line ends: paragraphs stay, everything else is evened out. */
final class Whitespace {
  private static final Pattern LINE_END = Pattern.compile("\r\n?|[\u2028\u2029\u0085]");

  /** Nobody can have said them; {@link HiddenCode} marks places with two of them. */
  private static final String UNSPEAKABLE = "\\x{0}-\\x{8}\\x{E}-\\x{1F}\\x{7F}\\x{FDD0}-\\x{FDEF}";

  private static final Pattern UNSPEAKABLES = Pattern.compile("[" + UNSPEAKABLE + "]");
  private static final Pattern NOT_PLAIN =
      Pattern.compile("[\r\u2028\u2029\u0085" + UNSPEAKABLE + "]");

  /** What starts an item of a list, whose indentation tells what it belongs to. */
  private static final Pattern ITEM = Pattern.compile("(?:[-*+•]|\\d{1,3}[.)])\\h.*");

  private Whitespace() {}

  /** With one kind of line end, and without control characters. */
  static String plain(String text) {
    if (!NOT_PLAIN.matcher(text).find()) {
      return text;
    }
    String lines = LINE_END.matcher(text).replaceAll("\n");
    return UNSPEAKABLES.matcher(lines).replaceAll("");
  }

  /** Without spaces at the ends, and at most one space, or one blank line, in a row. */
  static String normal(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int blank = 0;
    for (int from = 0; from <= text.length(); ) {
      int newline = text.indexOf('\n', from);
      int end = newline < 0 ? text.length() : newline;
      int length = out.length();
      if (blank == 0 || !isSpace(text, from, end)) {
        line(text, from, end, out);
        blank = out.length() > length ? 0 : blank + 1;
        out.append('\n');
      }
      from = end + 1;
    }
    return out.toString().strip();
  }

  private static boolean isSpace(String text, int from, int end) {
    for (int i = from; i < end; i++) {
      if (!isSpace(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSpace(char c) {
    return Character.isSpaceChar(c) || Character.isWhitespace(c);
  }

  private static void line(String text, int from, int end, StringBuilder out) {
    int start = from;
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    if (ITEM.matcher(text).region(start, end).lookingAt()) {
      out.append(" ".repeat(start - from));
    }
    boolean space = false;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (isSpace(c)) {
        space = true;
        continue;
      }
      if (space) {
        out.append(' ');
        space = false;
      }
      out.append(c);
    }
  }

  /** Whether nothing in it can be seen. */
  static boolean isBlank(String text) {
    return text.codePoints()
        .allMatch(
            c ->
                Character.isWhitespace(c)
                    || Character.isSpaceChar(c)
                    || Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.CONTROL);
  }
}
