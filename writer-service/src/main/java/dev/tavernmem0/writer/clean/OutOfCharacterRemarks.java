package dev.tavernmem0.writer.clean;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.regex.Pattern;

/** Leaves out what players say as themselves: {@code ((brb))}, {@code (OOC: …)}, OOC lines. */
final class OutOfCharacterRemarks {
  private static final String OPENING = "([{（【";
  private static final String CLOSING = ")]}）】";

  private static final Pattern OOC = Pattern.compile("\\s{0,10}+OOC\\b", Pattern.CASE_INSENSITIVE);

  private static final Pattern LINE =
      Pattern.compile("^[\\h*_>/]*+OOC\\h*+[:：].*+$", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private OutOfCharacterRemarks() {}

  static String remove(String text, Set<Removed> removed) {
    String lines = LINE.matcher(text).replaceAll("");
    int[] closings = closings(lines);
    StringBuilder out = new StringBuilder(lines.length());
    for (int i = 0; i < lines.length(); ) {
      int end = endOfRemark(lines, i, closings);
      if (end < 0) {
        out.append(lines.charAt(i));
        i++;
      } else {
        i = end;
      }
    }
    if (out.length() < text.length()) {
      removed.add(Removed.OUT_OF_CHARACTER);
    }
    return out.toString();
  }

  /** Where the remark that begins here ends; -1 if none begins. */
  private static int endOfRemark(String text, int i, int[] closings) {
    char c = text.charAt(i);
    if (OPENING.indexOf(c) < 0) {
      return -1;
    }
    boolean doubled =
        (c == '(' || c == '（')
            && i + 1 < text.length()
            && text.charAt(i + 1) == c
            && closings[i] >= 0
            && closings[i + 1] == closings[i] - 1;
    if (doubled) {
      return closings[i] + 1;
    }
    if (!OOC.matcher(text).region(i + 1, text.length()).lookingAt()) {
      return -1;
    }
    if (closings[i] >= 0) {
      return closings[i] + 1;
    }
    int line = text.indexOf('\n', i);
    return line < 0 ? text.length() : line;
  }

  /** For each bracket that opens, the one that closes it; -1 if none does. */
  private static int[] closings(String text) {
    int[] closings = new int[text.length()];
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < text.length(); i++) {
      closings[i] = -1;
      char c = text.charAt(i);
      int closed = CLOSING.indexOf(c);
      if (OPENING.indexOf(c) >= 0) {
        open.push(i);
      } else if (closed >= 0
          && !open.isEmpty()
          && text.charAt(open.element()) == OPENING.charAt(closed)) {
        closings[open.pop()] = i;
      }
    }
    return closings;
  }
}
