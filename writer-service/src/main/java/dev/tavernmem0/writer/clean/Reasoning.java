package dev.tavernmem0.writer.clean;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Leaves out what a model thought before it spoke. A reply can be cut off amid the thoughts, so a
 * block that nothing closes goes on to the end; a prompt can have opened the block, so what comes
 * before a first closing tag is thought too. Immutable and thread-safe.
 */
final class Reasoning {
  /** Names that models, their servers and prompts of SillyTavern's users give the block. */
  private static final List<String> NAMES =
      List.of(
          "think",
          "thinking",
          "thinks",
          "thought",
          "thoughts",
          "thought_process",
          "thinking_process",
          "reason",
          "reasoning",
          "analysis",
          "reflection",
          "scratchpad",
          "scratch_pad",
          "cot",
          "chain_of_thought",
          "ant_thinking",
          "antThinking",
          "deep_think",
          "deepthink",
          "inner_thoughts",
          "seed:think",
          "longcat_think",
          "思考",
          "思维链",
          "推理");

  private static final String BRACKETED =
      "(?:think(?:ing)?|thoughts?|reasoning|analysis|reflection|scratchpad)\\]";

  private static final Pattern CLOSING_BRACKETED =
      Pattern.compile("\\[/" + BRACKETED, Pattern.CASE_INSENSITIVE);

  private static final Pattern BEGINNING = Pattern.compile("[<\\[◁]");

  /** Of models whose block has no tag's form: Kimi, Sky-T1, Command A, MedGemma, Gemma, gpt-oss. */
  private static final String OTHER_CLOSING =
      "◁/think(?:ing)?▷|<\\|end_of_thought\\|>|<\\|end_thinking\\|>|<\\|/think(?:ing)?\\|>"
          + "|<unused95>|<channel\\|>"
          + "|<\\|channel\\|>final(?:[^<\\n]{0,100}+)<\\|message\\|>";

  private static final String OTHER_OPENING =
      "◁think(?:ing)?▷|<\\|begin_of_thought\\|>|<\\|start_thinking\\|>|<\\|think(?:ing)?\\|>"
          + "|<unused94>(?:thought)?|<\\|channel>(?:thought)?"
          + "|<\\|channel\\|>(?:analysis|commentary)(?:[^<\\n]{0,100}+)<\\|message\\|>";

  /** Magistral's, which is upper case; in lower case it may be a stage direction. */
  private static final String MAGISTRAL = "[THINK]";

  private enum Kind {
    OPENING,
    CLOSING,
    /** Closes what is open; says nothing of what comes before it otherwise. */
    END_OF_MESSAGE,
    /** Opens and closes. */
    NOTHING
  }

  private record Marker(int start, int end, Kind kind) {}

  private final Pattern marker;

  /**
   * @param moreNames of tags, besides those that are known
   */
  Reasoning(Set<String> moreNames) {
    List<String> names = new ArrayList<>(NAMES);
    names.addAll(moreNames);
    String name = names.stream().map(Pattern::quote).collect(Collectors.joining("|", "(?:", ")"));
    String closing = "</\\s*+" + name + "\\s*+(?:>|\\z)|\\[/" + BRACKETED + "|" + OTHER_CLOSING;
    String opening = "<" + name + "(?:[\\s/][^<>]*+)?+(?:>|\\z|(?=<))|\\[" + BRACKETED;
    this.marker =
        Pattern.compile(
            "(?=[\\[◁]|<[^<>\\s])(?:(?<closing>%s)|(?<end><\\|(?:end|return)\\|>)|(?:%s|%s))"
                .formatted(closing, opening, OTHER_OPENING),
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  /** Whether a block between fences with this info string is reasoning. */
  static boolean isName(String info) {
    return NAMES.contains(info.toLowerCase(Locale.ROOT));
  }

  /** Whether a tag is one of reasoning's. */
  boolean isMarker(String text, Tag tag) {
    return marker.matcher(text).region(tag.start(), tag.end()).lookingAt();
  }

  String remove(String text, Set<Removed> removed) {
    if (!BEGINNING.matcher(text).find() || !marker.matcher(text).find()) {
      return text;
    }
    List<Marker> markers = markers(text);
    int[] closings = closings(markers);
    StringBuilder out = new StringBuilder(text.length());
    int from = 0;
    boolean first = true;
    for (int i = 0; i < markers.size(); ) {
      Marker found = markers.get(i);
      if (found.kind == Kind.OPENING) {
        removed.add(Removed.REASONING);
        out.append(text, from, found.start).append(' ');
        if (closings[i] < 0) {
          return out.toString();
        }
        i = closings[i];
      } else if (found.kind == Kind.CLOSING && first) {
        removed.add(Removed.REASONING);
        out.setLength(0);
      } else {
        removed.add(Removed.MARKUP);
        out.append(text, from, found.start);
      }
      first &= found.kind == Kind.END_OF_MESSAGE;
      from = markers.get(i).end;
      i++;
    }
    return out.append(text, from, text.length()).toString();
  }

  /**
   * Where each block ends, as an index; -1 if nowhere. Blocks can be nested, and a thought can name
   * the tag without meaning it: then the block ends at the next closing one.
   */
  private static int[] closings(List<Marker> markers) {
    int[] closings = new int[markers.size()];
    Arrays.fill(closings, -1);
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < markers.size(); i++) {
      Kind kind = markers.get(i).kind;
      if (kind == Kind.OPENING) {
        open.push(i);
      } else if (kind != Kind.NOTHING && !open.isEmpty()) {
        closings[open.pop()] = i;
      }
    }
    int next = -1;
    for (int i = markers.size() - 1; i >= 0; i--) {
      Kind kind = markers.get(i).kind;
      if (kind == Kind.OPENING) {
        closings[i] = closings[i] < 0 ? next : closings[i];
      } else if (kind != Kind.NOTHING) {
        next = i;
      }
    }
    return closings;
  }

  /** Those that are meant: a tag in code is talked about. */
  private List<Marker> markers(String text) {
    List<CodeSpan> code = CodeSpans.in(text);
    boolean bracketsClose = CLOSING_BRACKETED.matcher(text).find();
    List<Marker> markers = new ArrayList<>();
    Matcher matcher = marker.matcher(text);
    int span = 0;
    int fenceWithOpening = -1;
    while (matcher.find()) {
      while (span < code.size() && code.get(span).end() <= matcher.start()) {
        span++;
      }
      boolean inCode = span < code.size() && code.get(span).start() <= matcher.start();
      Marker found = new Marker(matcher.start(), matcher.end(), kind(matcher));
      if (inCode && found.kind == Kind.OPENING) {
        fenceWithOpening = span;
      }
      // Thoughts may have opened a fence, so that their end is in what looks like code.
      boolean closesAmidCode =
          inCode
              && code.get(span).fenced()
              && found.kind == Kind.CLOSING
              && fenceWithOpening != span;
      boolean stageDirection =
          text.charAt(found.start) == '[' && !bracketsClose && !matcher.group().equals(MAGISTRAL);
      if (!stageDirection && (!inCode || closesAmidCode)) {
        markers.add(found);
      }
    }
    return markers;
  }

  private static Kind kind(Matcher matcher) {
    if (matcher.group("closing") != null) {
      return Kind.CLOSING;
    }
    if (matcher.group("end") != null) {
      return Kind.END_OF_MESSAGE;
    }
    return matcher.group().endsWith("/>") ? Kind.NOTHING : Kind.OPENING;
  }
}
