package dev.tavernmem0.writer.clean;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Leaves out pictures: their data, the prompts they were made of, and the lines that are one. */
final class Images {
  private static final Pattern DATA =
      Pattern.compile(
          "\\b[Dd]ata:(?<type>[a-z]{1,20})/[-+.a-z0-9]{1,80}(?:;[-a-z0-9=]{1,80})*+,[-A-Za-z0-9+/=%_.~]*+",
          Pattern.CASE_INSENSITIVE);

  /** What SillyTavern writes for a picture, and what users make of it. */
  private static final Pattern PROMPT =
      Pattern.compile(
          "\\bsen(?:ds?|t)\\b[^\\[\\]\\n:]{0,80}?\\b(?:picture|image|photo)\\b[^\\[\\]\\n:]{0,40}:",
          Pattern.CASE_INSENSITIVE);

  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_PROMPT = 4000;

  /** Other extensions' prompts. */
  private static final Pattern OTHER_PROMPT =
      Pattern.compile(
          "\\bimage###[^#]{0,8000}+###|\\[img(?:=[^\\]\\n\\[]*+)?+\\][^\\[\\n]*+\\[/img\\]",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern FILE = Pattern.compile("\\.(?:png|jpe?g|webp|gif|avif|bmp|svg)$");

  private Images() {}

  static String withoutData(String text, Set<Removed> removed) {
    if (!text.contains("ata:")) {
      return text;
    }
    Matcher data = DATA.matcher(text);
    return data.replaceAll(
        found -> {
          boolean image = found.group(1).equalsIgnoreCase("image");
          removed.add(image ? Removed.IMAGE : Removed.MARKUP);
          return "";
        });
  }

  static String withoutPrompts(String text, Set<Removed> removed) {
    if (text.indexOf('[') < 0 && !text.contains("###")) {
      return text;
    }
    String rest = without(OTHER_PROMPT, text, removed);
    Matcher prompt = PROMPT.matcher(rest);
    StringBuilder out = new StringBuilder(rest.length());
    int from = 0;
    for (int at = 0; prompt.find(at); ) {
      int start = openingBefore(rest, prompt.start(), from);
      at = prompt.end();
      if (start >= 0) {
        removed.add(Removed.IMAGE);
        out.append(rest, from, start);
        at = endOfPrompt(rest, start, prompt.end());
        from = at;
      }
    }
    return out.append(rest, from, rest.length()).toString();
  }

  /** The bracket in which a line says so far no more than who sends the picture; -1 if none. */
  private static int openingBefore(String text, int at, int from) {
    int farthest = Math.max(from, at - LONGEST_NAME);
    for (int i = at - 1; i >= farthest; i--) {
      char c = text.charAt(i);
      if (c == '[') {
        return i;
      }
      if (c == ']' || c == '\n') {
        return -1;
      }
    }
    return -1;
  }

  /** A prompt can have brackets of its own; one that is not closed ends with its line. */
  private static int endOfPrompt(String text, int start, int from) {
    int depth = 0;
    int limit = Math.min(text.length(), start + LONGEST_PROMPT);
    for (int i = start; i < limit; i++) {
      char c = text.charAt(i);
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (depth == 0) {
        return i + 1 < text.length() && text.charAt(i + 1) == '.' ? i + 2 : i + 1;
      }
    }
    int line = text.indexOf('\n', from);
    return line < 0 ? text.length() : line;
  }

  static String withoutLines(String text, Set<Removed> removed) {
    if (!text.contains("://") && !text.contains("user/images/")) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (String line : text.split("\n", -1)) {
      if (isImage(line.strip().toLowerCase(Locale.ROOT))) {
        removed.add(Removed.IMAGE);
      } else {
        out.append(line);
      }
      out.append('\n');
    }
    out.setLength(out.length() - 1);
    return out.toString();
  }

  private static boolean isImage(String line) {
    boolean own = line.startsWith("user/images/") || line.startsWith("/user/images/");
    boolean address = line.startsWith("https://") || line.startsWith("http://");
    if (!own && (!address || line.chars().anyMatch(Character::isWhitespace))) {
      return false;
    }
    int query = line.indexOf('?');
    return FILE.matcher(query < 0 ? line : line.substring(0, query)).find();
  }

  private static String without(Pattern pattern, String text, Set<Removed> removed) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      return text;
    }
    removed.add(Removed.IMAGE);
    return matcher.replaceAll("");
  }
}
