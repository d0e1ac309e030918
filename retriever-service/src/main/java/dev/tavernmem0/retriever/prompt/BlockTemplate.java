package dev.tavernmem0.retriever.prompt;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text around the memories. Recognises a block that was made with it, which is how injecting
 * twice changes nothing.
 *
 * @param prefix text before the memories' lines
 * @param suffix text after them
 */
public record BlockTemplate(String prefix, String suffix) {
  /** One heading, then one line per memory. */
  public static final String DEFAULT = "Relevant long-term memory:\n{{text}}";

  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{\\{\\s*text\\s*}}", Pattern.CASE_INSENSITIVE);
  private static final Pattern USER =
      Pattern.compile("\\{\\{\\s*user\\s*}}", Pattern.CASE_INSENSITIVE);
  private static final Pattern CHAR =
      Pattern.compile("\\{\\{\\s*char\\s*}}", Pattern.CASE_INSENSITIVE);

  /**
   * Reads a template.
   *
   * @param template holds {@code {{text}}} exactly once; {@code {{user}}} and {@code {{char}}} are
   *     replaced if the names are known
   * @throws IllegalArgumentException if it does not; the message says what to do
   */
  public static BlockTemplate parse(
      String template, @Nullable String userName, @Nullable String charName) {
    String normal = template.replace("\r\n", "\n");
    Matcher placeholder = PLACEHOLDER.matcher(normal);
    if (!placeholder.find()) {
      throw new IllegalArgumentException("put {{text}} where the memories belong");
    }
    int start = placeholder.start();
    int end = placeholder.end();
    if (placeholder.find()) {
      throw new IllegalArgumentException("keep one {{text}} and remove the others");
    }
    return new BlockTemplate(
        named(normal.substring(0, start), userName, charName),
        named(normal.substring(end), userName, charName));
  }

  private static String named(String part, @Nullable String userName, @Nullable String charName) {
    return name(CHAR, name(USER, part, userName), charName);
  }

  private static String name(Pattern macro, String part, @Nullable String name) {
    return name == null || name.isBlank()
        ? part
        : macro.matcher(part).replaceAll(Matcher.quoteReplacement(MemoryLine.inert(name)));
  }

  /** The block; empty without lines. */
  public String render(List<String> lines) {
    return lines.isEmpty() ? "" : prefix + String.join("\n", lines) + suffix;
  }

  /**
   * Puts a block into a text: in place of the block of this template that is already there, or else
   * at the end.
   */
  String put(String text, String block) {
    int[] own = find(text);
    if (own != null) {
      return text.substring(0, own[0]) + block + text.substring(own[1]);
    }
    if (text.contains(block)) {
      return text;
    }
    return text.isBlank() ? block : text + "\n\n" + block;
  }

  boolean isIn(String text, String block) {
    return find(text) != null || text.contains(block);
  }

  /**
   * Start and end of this template's block; null if there is none. A template without words of its
   * own cannot tell its block from the user's lists, so it never finds one.
   */
  private int @Nullable [] find(String text) {
    if (prefix.isBlank()) {
      return null;
    }
    for (int start = text.indexOf(prefix); start >= 0; start = text.indexOf(prefix, start + 1)) {
      int lines = start + prefix.length();
      int end = endOfLines(text, lines);
      int suffixAt = suffix.isEmpty() ? end : text.lastIndexOf(suffix, end);
      if (end > lines && suffixAt > lines) {
        return new int[] {start, suffixAt + suffix.length()};
      }
    }
    return null;
  }

  /** Where the run of memory lines that starts here ends; the start itself if there is none. */
  private static int endOfLines(String text, int start) {
    int end = start;
    int line = start;
    while (text.startsWith(MemoryLine.BULLET, line)) {
      int lineBreak = text.indexOf('\n', line);
      if (lineBreak < 0) {
        return text.length();
      }
      end = lineBreak;
      line = lineBreak + 1;
    }
    return end;
  }
}
