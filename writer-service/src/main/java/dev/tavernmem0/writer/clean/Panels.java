package dev.tavernmem0.writer.clean;

import dev.tavernmem0.writer.clean.CodeSpan.Content;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells panels (hit points, moods, inventories, styled boxes) from what was said. */
final class Panels {
  private static final Set<String> PANEL_LANGUAGES =
      Set.of("html", "htm", "xhtml", "svg", "css", "scss", "json", "json5", "jsonc");

  private static final Pattern PANEL_NAME =
      Pattern.compile("status|tracker|panel|infob(?:ox|lock|oard|ar)|updatevariable|状态|狀態");

  private static final Set<String> PANEL_NAMES = Set.of("hud", "stat", "stats", "inventory");

  private static final Pattern MARKUP_AT_START =
      Pattern.compile(
          "<(?:!--|!doctype\\b|(?:html|head|body|style|script|div|details|table|svg|section|span|p|center|font)[\\s>])",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern OBJECT_AT_START = Pattern.compile("\\{\\s*\"|\\[\\s*\\{");

  private static final Pattern LABELLED =
      Pattern.compile("\\s*[^:：|\"“”]{1,40}[:：](?!//)\\s*[^\"“”|\\s][^\"“”|]{0,100}");

  private static final Pattern RULE = Pattern.compile("[-=_─━═*~\\s]+");
  private static final Pattern NUMBER = Pattern.compile("\\d");
  private static final Pattern FIELDS = Pattern.compile("[|｜]");

  private Panels() {}

  /** What a fenced block is, by its info string and its text. */
  static Content contentOf(String info, String text) {
    Content cut = contentOfCut(info, text);
    return cut == Content.CODE && info.isEmpty() && isStatus(text) ? Content.PANEL : cut;
  }

  /** What a fenced block is, by its info string and how its text begins. */
  static Content contentOfCut(String info, String start) {
    String language = info.split("[\\s{:,]", 2)[0].toLowerCase(Locale.ROOT);
    if (Reasoning.isName(language)) {
      return Content.REASONING;
    }
    boolean panel =
        PANEL_LANGUAGES.contains(language)
            || isName(language)
            || MARKUP_AT_START.matcher(start).lookingAt()
            || (language.isEmpty() && OBJECT_AT_START.matcher(start).lookingAt());
    return panel ? Content.PANEL : Content.CODE;
  }

  /** Whether it is what people call a panel: the name of a tag, a class or a language. */
  static boolean isName(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    return PANEL_NAMES.contains(plain) || PANEL_NAME.matcher(plain).find();
  }

  /** At least two lines, each a label and its value, with a number: otherwise it may be a talk. */
  private static boolean isStatus(String text) {
    if (!NUMBER.matcher(text).find()) {
      return false;
    }
    int labelled = 0;
    for (String line : text.split("\n")) {
      if (LABELLED.matcher(line).matches() || isStatusLine(line)) {
        labelled++;
      } else if (!line.isBlank() && !RULE.matcher(line).matches()) {
        return false;
      }
    }
    return labelled > 1;
  }

  /** Without lines like {@code HP: 83/100 | Mood: wary}. */
  static String withoutStatusLines(String text, Set<Removed> removed) {
    if (text.indexOf('|') < 0 && text.indexOf('｜') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (String line : text.split("\n", -1)) {
      if (isStatusLine(line)) {
        removed.add(Removed.MARKUP);
      } else {
        out.append(line);
      }
      out.append('\n');
    }
    out.setLength(out.length() - 1);
    return out.toString();
  }

  private static boolean isStatusLine(String line) {
    int fields = 0;
    for (String field : FIELDS.split(line)) {
      Matcher labelled = LABELLED.matcher(field);
      if (labelled.matches()) {
        fields++;
      } else if (!field.isBlank()) {
        return false;
      }
    }
    return fields > 1;
  }
}
