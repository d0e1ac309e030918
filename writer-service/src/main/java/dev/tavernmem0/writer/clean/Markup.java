package dev.tavernmem0.writer.clean;

import dev.tavernmem0.writer.clean.Tag.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Takes HTML out of one text. A chat is no document: {@code <3}, {@code a < b} and a name in angle
 * brackets are what was said, and a box can be a panel or the frame of a letter that somebody reads
 * aloud. Not thread-safe.
 */
final class Markup {
  /** A chat template's: {@code <|im_end|>}, and the role behind one that begins a message. */
  private static final Pattern TEMPLATE_TOKEN =
      Pattern.compile(
          "<\\|(?:im_start|start|start_header_id)\\|>(?:system|user|assistant|tool)?+"
              + "|<\\|[A-Za-z0-9_ ]{1,40}\\|>");

  private final String text;
  private final Reasoning reasoning;
  private final Set<Removed> removed;
  private final StringBuilder out;
  private final Deque<Element> open = new ArrayDeque<>();
  private final Map<String, Integer> openNames = new HashMap<>();

  /** An element that is open: where it begins in the output, and what was met in it. */
  private static final class Element {
    private final Tag tag;
    private final int start;
    private boolean hasPartsOfPanel;
    private boolean hasSpeech;

    Element(Tag tag, int start) {
      this.tag = tag;
      this.start = start;
      this.hasPartsOfPanel = tag.isPartOfPanel();
    }

    boolean saysNothing() {
      return tag.isWithoutSpeech() || (tag.isBox() && hasPartsOfPanel && !hasSpeech);
    }
  }

  Markup(String text, Reasoning reasoning, Set<Removed> removed) {
    this.text = text.contains("<|") ? TEMPLATE_TOKEN.matcher(text).replaceAll(" ") : text;
    this.reasoning = reasoning;
    this.removed = removed;
    this.out = new StringBuilder(text.length());
    if (!this.text.equals(text)) {
      removed.add(Removed.MARKUP);
    }
  }

  String remove() {
    if (text.indexOf('<') < 0) {
      return text;
    }
    List<Tag> tags = new TagScanner(text).tags();
    boolean[] paired = paired(tags);
    int from = 0;
    for (int i = 0; i < tags.size(); i++) {
      Tag tag = tags.get(i);
      if (!isMarkup(tag, paired[i])) {
        continue;
      }
      said(text.substring(from, tag.start()));
      removed.add(tag.isImage() ? Removed.IMAGE : Removed.MARKUP);
      switch (tag.kind()) {
        case OPENING -> opening(tag);
        case CLOSING -> closing(tag);
        case ALONE, HIDDEN -> alone(tag);
      }
      from = tag.end();
    }
    said(text.substring(from));
    return out.toString();
  }

  /** Which of the tags have another one that closes or opens what they open or close. */
  private static boolean[] paired(List<Tag> tags) {
    boolean[] paired = new boolean[tags.size()];
    Set<String> opened = new HashSet<>();
    for (int i = 0; i < tags.size(); i++) {
      if (tags.get(i).kind() == Kind.OPENING) {
        opened.add(tags.get(i).lowerName());
      }
      paired[i] = tags.get(i).kind() == Kind.CLOSING && opened.contains(tags.get(i).lowerName());
    }
    Set<String> closed = new HashSet<>();
    for (int i = tags.size() - 1; i >= 0; i--) {
      if (tags.get(i).kind() == Kind.CLOSING) {
        closed.add(tags.get(i).lowerName());
      }
      paired[i] |= tags.get(i).kind() == Kind.OPENING && closed.contains(tags.get(i).lowerName());
    }
    return paired;
  }

  private boolean isMarkup(Tag tag, boolean paired) {
    if (tag.kind() == Kind.HIDDEN) {
      return true;
    }
    if (reasoning.isMarker(text, tag)) {
      return false; // Written with entities: the next round's.
    }
    if (tag.hasWords() && !tag.hasValues()) {
      return false; // <b and c>
    }
    if (!tag.isHtml()) {
      boolean name = tag.isCapitalised() && !tag.isWithoutSpeech();
      return tag.hasValues() || tag.kind() == Kind.ALONE || (paired && !name);
    }
    return paired || tag.isVoid() || tag.hasAttributes() || !canBeSaid(tag);
  }

  /** A name, as in {@code <Mark>}, or a type's argument, as in {@code Set<a>}. */
  private boolean canBeSaid(Tag tag) {
    boolean argument =
        tag.start() > 0 && Character.isLetterOrDigit(text.codePointBefore(tag.start()));
    return tag.kind() == Kind.OPENING && (tag.isCapitalised() || (argument && !tag.isBlock()));
  }

  private void said(String words) {
    if (!open.isEmpty() && Speech.isIn(words)) {
      open.element().hasSpeech = true;
    }
    out.append(words);
  }

  private void opening(Tag tag) {
    if (tag.isVoid()) {
      alone(tag);
      return;
    }
    space(tag);
    open.push(new Element(tag, out.length()));
    openNames.merge(tag.lowerName(), 1, Integer::sum);
  }

  private void closing(Tag tag) {
    if (openNames.getOrDefault(tag.lowerName(), 0) > 0) {
      while (!close().equals(tag.lowerName())) {
        // What nothing closed ends with what it is in.
      }
    }
    space(tag);
  }

  /** Closes the innermost element. */
  private String close() {
    Element element = open.pop();
    String name = element.tag.lowerName();
    openNames.merge(name, -1, Integer::sum);
    boolean nothing = element.saysNothing();
    if (nothing) {
      out.setLength(element.start);
    }
    Element outer = open.peek();
    if (outer != null) {
      outer.hasPartsOfPanel |= element.hasPartsOfPanel;
      outer.hasSpeech |= element.hasSpeech && !nothing;
    }
    return name;
  }

  private void alone(Tag tag) {
    Element in = open.peek();
    if (in != null) {
      in.hasPartsOfPanel |= !tag.name().isEmpty() && tag.isPartOfPanel();
    }
    space(tag);
  }

  private void space(Tag tag) {
    String name = tag.lowerName();
    if (name.equals("p") || (name.length() == 2 && name.charAt(0) == 'h' && !name.equals("hr"))) {
      out.append("\n\n");
    } else if (name.equals("br") || (tag.isBlock() && !endsLine())) {
      out.append('\n');
    } else if (name.equals("td") || name.equals("th") || tag.isImage()) {
      out.append(' ');
    }
    if (name.equals("li") && tag.kind() == Kind.OPENING) {
      out.append("- ");
    }
  }

  private boolean endsLine() {
    return out.isEmpty() || out.charAt(out.length() - 1) == '\n';
  }
}
