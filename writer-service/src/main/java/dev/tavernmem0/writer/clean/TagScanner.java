package dev.tavernmem0.writer.clean;

import dev.tavernmem0.writer.clean.Tag.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what has the form of tags in a text that is no document. No character is looked at more
 * than a few times, whatever the text: where a tag turns out to be none, the search goes on behind
 * what was read of it. Not thread-safe.
 */
final class TagScanner {
  private static final Set<String> KNOWN_WORDS =
      Set.of(
          "async",
          "autofocus",
          "autoplay",
          "checked",
          "controls",
          "default",
          "defer",
          "disabled",
          "download",
          "hidden",
          "loop",
          "multiple",
          "muted",
          "nowrap",
          "open",
          "readonly",
          "required",
          "reversed",
          "selected");

  private final String text;
  private final int lastBrace;
  private final int lastEnd;
  private int at;
  private boolean noQuote;
  private boolean noApostrophe;
  private boolean noStyleEnd;
  private boolean noScriptEnd;

  TagScanner(String text) {
    this.text = text;
    this.lastBrace = text.lastIndexOf('{');
    this.lastEnd =
        Math.max(Math.max(text.lastIndexOf('<'), text.lastIndexOf('>')), text.lastIndexOf('\n'));
  }

  List<Tag> tags() {
    List<Tag> tags = new ArrayList<>();
    for (int lt = text.indexOf('<'); lt >= 0; lt = text.indexOf('<', at)) {
      at = lt + 1;
      Tag tag = tag(lt);
      if (tag != null) {
        tags.add(tag);
        at = tag.end();
      }
    }
    return tags;
  }

  private @Nullable Tag tag(int lt) {
    if (text.startsWith("<!--", lt)) {
      int end = text.indexOf("-->", lt + 4);
      return hidden(lt, end < 0 ? text.length() : end + 3);
    }
    if (text.regionMatches(true, lt, "<!doctype", 0, 9) || text.startsWith("<?xml", lt)) {
      while (at < text.length() && text.charAt(at) != '>' && text.charAt(at) != '<') {
        at++;
      }
      return next() == '>' ? hidden(lt, at + 1) : null;
    }
    boolean closing = next() == '/';
    if (closing) {
      at++;
    }
    String name = name();
    if (name.isEmpty() || !isEndOfName(next())) {
      return null;
    }
    Tag tag = withAttributes(lt, closing, name);
    return tag != null && tag.kind() == Kind.OPENING ? withRawText(tag) : tag;
  }

  private static Tag hidden(int start, int end) {
    return new Tag(start, end, Kind.HIDDEN, "", "", false, false);
  }

  private char next() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private static boolean isEndOfName(char c) {
    return c == '>' || c == '/' || Character.isWhitespace(c);
  }

  private String name() {
    int start = at;
    while (at < text.length() && (at == start ? isLetter() : isPartOfName())) {
      at += Character.charCount(text.codePointAt(at));
    }
    return text.substring(start, at);
  }

  private boolean isLetter() {
    return Character.isLetter(text.codePointAt(at));
  }

  private boolean isPartOfName() {
    return Character.isLetterOrDigit(text.codePointAt(at)) || "-_:.".indexOf(next()) >= 0;
  }

  private @Nullable Tag withAttributes(int start, boolean closing, String name) {
    int attributes = at;
    boolean values = false;
    boolean words = false;
    boolean alone = false;
    while (at < text.length() && next() != '>') {
      if (Character.isWhitespace(next()) || next() == '/') {
        alone = next() == '/' || (alone && Character.isWhitespace(next()));
        at++;
        continue;
      }
      alone = false;
      int word = at;
      while (at < text.length() && "\"'<>/=`".indexOf(next()) < 0 && !isSpace(next())) {
        at++;
      }
      if (at == word) {
        if (next() == '<' && values) {
          break; // Not closed, and another one begins.
        }
        return null;
      }
      String attribute = text.substring(word, at).toLowerCase(Locale.ROOT);
      skipSpaces();
      if (next() == '=') {
        at++;
        if (!skipValue()) {
          return null;
        }
        values = true;
      } else {
        words |= !KNOWN_WORDS.contains(attribute);
      }
    }
    boolean cut = next() != '>';
    if (cut && !values) {
      return null;
    }
    Kind kind = closing ? Kind.CLOSING : alone ? Kind.ALONE : Kind.OPENING;
    int end = cut ? at : at + 1;
    return new Tag(start, end, kind, name, text.substring(attributes, at), values, words);
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c);
  }

  private void skipSpaces() {
    while (at < text.length() && isSpace(next())) {
      at++;
    }
  }

  private boolean skipValue() {
    skipSpaces();
    char quote = next();
    if (quote == '"' || quote == '\'') {
      int end = endOfQuote(quote);
      if (end < 0 && lastEnd < at) {
        at = text.length(); // Cut off.
        return true;
      }
      at = end < 0 ? at : end + 1;
      return end >= 0;
    }
    int start = at;
    while (at < text.length() && "\"'<>`=".indexOf(next()) < 0 && !isSpace(next())) {
      at++;
    }
    return at > start;
  }

  private int endOfQuote(char quote) {
    if (quote == '"' ? noQuote : noApostrophe) {
      return -1;
    }
    int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      noQuote |= quote == '"';
      noApostrophe |= quote == '\'';
    }
    return end;
  }

  /** Styles and scripts hold no tags, and nothing that is said. */
  private Tag withRawText(Tag tag) {
    String name = tag.lowerName();
    if (!name.equals("style") && !name.equals("script")) {
      return tag;
    }
    int end = endOfRawText(tag.end(), name);
    if (end >= 0) {
      return new Tag(tag.start(), end, Kind.HIDDEN, tag.name(), tag.attributes(), false, false);
    }
    // Cut off, unless there are no rules in it.
    return lastBrace > tag.end() ? hidden(tag.start(), text.length()) : tag;
  }

  private int endOfRawText(int from, String name) {
    boolean style = name.equals("style");
    if (style ? noStyleEnd : noScriptEnd) {
      return -1;
    }
    for (int i = text.indexOf("</", from); i >= 0; i = text.indexOf("</", i + 2)) {
      if (text.regionMatches(true, i + 2, name, 0, name.length())) {
        int gt = text.indexOf('>', i);
        return gt < 0 ? text.length() : gt + 1;
      }
    }
    noStyleEnd |= style;
    noScriptEnd |= !style;
    return -1;
  }
}
