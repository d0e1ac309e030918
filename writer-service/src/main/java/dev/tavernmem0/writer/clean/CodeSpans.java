package dev.tavernmem0.writer.clean;

import dev.tavernmem0.writer.clean.CodeSpan.Content;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds Markdown's code: blocks between fences, and spans between backticks within a line. */
final class CodeSpans {
  private static final int LEAST_FENCE = 3;

  private final String text;
  private final List<CodeSpan> spans = new ArrayList<>();

  private CodeSpans(String text) {
    this.text = text;
  }

  /** The code of a text whose lines end with {@code \n}, in order. */
  static List<CodeSpan> in(String text) {
    if (text.indexOf('`') < 0 && text.indexOf('~') < 0) {
      return List.of();
    }
    CodeSpans found = new CodeSpans(text);
    found.find();
    return found.spans;
  }

  /**
   * A line that opens or closes a block.
   *
   * @param start of the sign
   * @param end of the line
   */
  private record Fence(int start, int end, char sign, int length, String info) {
    boolean closes(Fence opening) {
      return sign == opening.sign && length >= opening.length && info.isEmpty();
    }
  }

  private void find() {
    List<Fence> fences = fences();
    Map<Character, Integer> unclosed = new HashMap<>();
    int from = 0;
    for (int i = 0; i < fences.size(); ) {
      Fence opening = fences.get(i);
      inlineOf(from, opening.start);
      int closing = closing(fences, i, unclosed);
      Fence last = fences.get(closing < 0 ? i : closing);
      CodeSpan block = closing < 0 ? unclosed(opening) : closed(opening, last);
      if (block != null) {
        spans.add(block);
      }
      from = block == null ? opening.end : block.end();
      i = Math.max(closing, i) + 1;
      while (i < fences.size() && fences.get(i).start < from) {
        i++;
      }
    }
    inlineOf(from, text.length());
  }

  private List<Fence> fences() {
    List<Fence> fences = new ArrayList<>();
    for (int line = 0; line <= text.length(); ) {
      int newline = text.indexOf('\n', line);
      int end = newline < 0 ? text.length() : newline;
      Fence fence = fence(line, end);
      if (fence != null) {
        fences.add(fence);
      }
      line = end + 1;
    }
    return fences;
  }

  private @Nullable Fence fence(int line, int end) {
    int start = line;
    while (start < end && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    int behind = start;
    while (behind < end && "`~".indexOf(text.charAt(start)) >= 0 && sameAt(behind, start)) {
      behind++;
    }
    if (behind - start < LEAST_FENCE) {
      return null;
    }
    String info = text.substring(behind, end).strip();
    // With a backtick in it, it is a span in a line.
    return info.indexOf('`') >= 0
        ? null
        : new Fence(start, end, text.charAt(start), behind - start, info);
  }

  private boolean sameAt(int a, int b) {
    return text.charAt(a) == text.charAt(b);
  }

  /**
   * Which fence closes this one, or -1.
   *
   * @param unclosed the shortest of those that nothing closed, by sign: nothing closes later and
   *     longer ones either, and they need not be searched for
   */
  private static int closing(List<Fence> fences, int opening, Map<Character, Integer> unclosed) {
    Fence fence = fences.get(opening);
    if (fence.length >= unclosed.getOrDefault(fence.sign, Integer.MAX_VALUE)) {
      return -1;
    }
    for (int i = opening + 1; i < fences.size(); i++) {
      if (fences.get(i).closes(fence)) {
        return i;
      }
    }
    unclosed.put(fence.sign, fence.length);
    return -1;
  }

  private CodeSpan closed(Fence opening, Fence closing) {
    String content = text.substring(opening.end, closing.start).strip();
    return new CodeSpan(opening.start, closing.end, true, Panels.contentOf(opening.info, content));
  }

  /** Only a panel that was cut off; anything else may be a mistake of who wrote what follows. */
  private @Nullable CodeSpan unclosed(Fence opening) {
    int end = opening.end;
    int firstLine = text.indexOf('\n', Math.min(opening.end + 1, text.length()));
    String first = text.substring(opening.end, firstLine < 0 ? text.length() : firstLine).strip();
    Content content = Panels.contentOfCut(opening.info, first);
    if (content == Content.CODE) {
      return null;
    }
    while (end < text.length() && !isBlankLine(end + 1)) {
      int newline = text.indexOf('\n', end + 1);
      end = newline < 0 ? text.length() : newline;
    }
    return new CodeSpan(opening.start, Math.min(end, text.length()), true, content);
  }

  private boolean isBlankLine(int line) {
    for (int i = line; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        return true;
      }
      if (!Character.isWhitespace(c)) {
        return false;
      }
    }
    return true;
  }

  private void inlineOf(int from, int to) {
    for (int line = from; line < to; ) {
      int newline = text.indexOf('\n', line);
      int end = newline < 0 ? to : Math.min(newline, to);
      inlineOfLine(line, end);
      line = end + 1;
    }
  }

  /** As CommonMark has it: so many backticks, up to the next time there are as many. */
  private void inlineOfLine(int from, int to) {
    List<int[]> runs = new ArrayList<>();
    for (int i = from; i < to; i++) {
      int start = i;
      while (i < to && text.charAt(i) == '`') {
        i++;
      }
      if (i > start) {
        runs.add(new int[] {start, i});
      }
    }
    int[] next = nextOfSameLength(runs);
    for (int i = 0; i < runs.size(); ) {
      if (next[i] < 0) {
        i++;
        continue;
      }
      spans.add(new CodeSpan(runs.get(i)[0], runs.get(next[i])[1], false, Content.CODE));
      i = next[i] + 1;
    }
  }

  private static int[] nextOfSameLength(List<int[]> runs) {
    int[] next = new int[runs.size()];
    Map<Integer, Integer> later = new HashMap<>();
    for (int i = runs.size() - 1; i >= 0; i--) {
      Integer same = later.put(runs.get(i)[1] - runs.get(i)[0], i);
      next[i] = same == null ? -1 : same;
    }
    return next;
  }
}
