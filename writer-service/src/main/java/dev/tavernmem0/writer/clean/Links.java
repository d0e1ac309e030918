package dev.tavernmem0.writer.clean;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.regex.Pattern;

/** Reduces Markdown's links to their words and its images to nothing. */
final class Links {
  /** Without one of these it is no address: {@code [laughs](softly)}. */
  private static final Pattern ADDRESS = Pattern.compile("^[#?]|/|^[a-z][a-z0-9+.-]*+:|\\w\\.\\w");

  private final String text;
  private final Set<Removed> removed;
  private final StringBuilder out;
  private final Deque<Integer> links = new ArrayDeque<>();
  private final Deque<Integer> images = new ArrayDeque<>();

  private Links(String text, Set<Removed> removed) {
    this.text = text;
    this.removed = removed;
    this.out = new StringBuilder(text.length());
  }

  static String words(String text, Set<Removed> removed) {
    return text.contains("](") ? new Links(text, removed).words() : text;
  }

  private String words() {
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i);
      if (c == '[') {
        (i > 0 && text.charAt(i - 1) == '!' ? images : links).push(out.length());
      } else if (c == ']') {
        int end = close(i);
        if (end > i) {
          i = end;
          continue;
        }
      }
      out.append(c);
      i++;
    }
    return out.toString();
  }

  /** Ends what the bracket at {@code i} closes; returns where to go on, or {@code i}. */
  private int close(int i) {
    int link = links.isEmpty() ? -1 : links.element();
    int image = images.isEmpty() ? -1 : images.element();
    if (link < 0 && image < 0) {
      return i;
    }
    boolean isImage = image > link;
    int start = isImage ? images.pop() : links.pop();
    int end = i + 1 < text.length() && text.charAt(i + 1) == '(' ? endOfTarget(i + 2) : -1;
    if (end < 0 || !(isImage || isAddress(i + 2, end - 1))) {
      return i;
    }
    if (isImage) {
      removed.add(Removed.IMAGE);
      out.setLength(start - 1);
    } else {
      removed.add(Removed.MARKUP);
      out.deleteCharAt(start);
      // There is no link within a link.
      links.clear();
    }
    return end;
  }

  private boolean isAddress(int start, int end) {
    return ADDRESS.matcher(text.substring(start, end).strip()).find();
  }

  /** Behind the bracket that closes a target; -1 if there is none. */
  private int endOfTarget(int start) {
    int depth = 0;
    boolean title = false;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '[' || c == ']') {
        return -1;
      }
      if (c == '"') {
        title = !title;
      } else if (c == '(' && !title) {
        depth++;
      } else if (c == ')' && !title) {
        if (depth == 0) {
          return i + 1;
        }
        depth--;
      }
    }
    return -1;
  }
}
