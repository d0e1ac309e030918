package dev.tavernmem0.retriever.prompt;

import dev.tavernmem0.retriever.marker.InertText;
import dev.tavernmem0.retriever.text.SingleLine;
import java.util.regex.Pattern;

/**
 * A memory as a line of the prompt. A memory is data that came out of a chat: whatever in it could
 * act on SillyTavern or on the model's chat template (macros, role labels, template tokens, new
 * lines) is made inert, readable as before.
 */
public final class MemoryLine {
  /** What a line starts with. */
  public static final String BULLET = "- ";

  /** Characters that change how others look or that nobody sees. */
  private static final Pattern INVISIBLE =
      Pattern.compile(
          "[\\u200B\\u200E\\u200F\\u061C\\u202A-\\u202E\\u2060-\\u2069\\uFEFF\\x{E0000}-\\x{E007F}]");

  private MemoryLine() {}

  /** The line, with its bullet; empty if the memory says nothing. */
  public static String of(String memory) {
    String text = inert(memory);
    return text.isEmpty() ? "" : BULLET + text;
  }

  /** The same treatment without the bullet, for names in the template. */
  static String inert(String memory) {
    String visible = SingleLine.lines(INVISIBLE.matcher(memory).replaceAll(""));
    return SingleLine.of(InertText.of(visible.substring(startOfText(visible))));
  }

  /** Where the text starts behind bullets, quote signs and heading signs. */
  private static int startOfText(String text) {
    int start = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c)) {
        start = ++i;
      } else if ("-*>•".indexOf(c) >= 0 || c == '#') {
        i = endOfRun(text, i, c == '#');
        if (i < text.length() && !Character.isWhitespace(text.charAt(i))) {
          return start;
        }
      } else {
        return start;
      }
    }
    return start;
  }

  private static int endOfRun(String text, int from, boolean repeats) {
    int end = from + 1;
    while (repeats && end < text.length() && text.charAt(end) == '#') {
      end++;
    }
    return end;
  }
}
