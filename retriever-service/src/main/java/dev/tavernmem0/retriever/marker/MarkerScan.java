package dev.tavernmem0.retriever.marker;

import dev.tavernmem0.retriever.marker.NameTree.Kind;
import dev.tavernmem0.retriever.marker.NameTree.Match;

/**
 * Reads a text once from its start to its end and notes what is to be changed so that no marker is
 * left. Time is linear in the text's length: what is looked at again before or after a name ends at
 * the next name or bracket.
 */
final class MarkerScan {
  private final MarkerList list;
  private final FoldedText text;
  private final LeftOfLabel left;
  private final Edits edits;

  /** Whether a letter was seen on this line: without one, a label opens the line. */
  private boolean amidLine;

  /** Whether a label was found: then labels in lower case tell who speaks, too. */
  private boolean transcript;

  /** Where the last name ends that is put in brackets. */
  private int enclosedEnd = -1;

  private MarkerScan(MarkerList list, FoldedText text) {
    this.list = list;
    this.text = text;
    this.left = new LeftOfLabel(list, text);
    this.edits = new Edits(text);
  }

  /** What is to be changed in this text. */
  static Edits of(MarkerList list, FoldedText text) {
    MarkerScan scan = new MarkerScan(list, text);
    scan.run();
    return scan.edits;
  }

  private void run() {
    for (int i = 0; i < text.length(); ) {
      int end = tag(i);
      if (end == i) {
        end = label(i);
      }
      if (end == i) {
        if (list.isBroken(text, i)) {
          edits.part(i);
        }
        pass(i);
        end = i + 1;
      }
      i = end;
    }
  }

  private void pass(int index) {
    int c = text.at(index);
    if (c == '\n') {
      amidLine = false;
    } else if (Signs.isLetter(c)) {
      amidLine = true;
    }
  }

  /** A name between brackets; where to go on, {@code from} if there is none. */
  private int tag(int from) {
    int open = text.at(from);
    if (open != '<' && open != '[') {
      return from;
    }
    int start = afterSpace(from + 1);
    if (text.at(start) == '/') {
      start = afterSpace(start + 1);
    }
    Match name = list.match(text, start);
    if (name == null
        || !(name.namesARole() || name.is(open == '<' ? Kind.ANGLE_TOKEN : Kind.SQUARE_TOKEN))) {
      return from;
    }
    int close = close(name.end());
    if (close < 0) {
      if (open != '<' || !hasAttribute(name.end())) {
        return from;
      }
      close = endOfAttributes(name.end());
    }
    edits.open(from);
    if (close >= 0) {
      edits.close(close);
      if (name.namesARole() && dropColons(close + 1)) {
        transcript = true;
      }
    }
    amidLine = true;
    return name.end();
  }

  /** The bracket that ends the tag whose name ends here; -1 if none does so at once. */
  private int close(int nameEnd) {
    int after = afterSpace(nameEnd);
    if (text.at(after) == '/') {
      after = afterSpace(after + 1);
    }
    return isClose(text.at(after)) ? after : -1;
  }

  /** {@code =} or {@code word=} behind a tag's name. */
  private boolean hasAttribute(int nameEnd) {
    int i = afterSpace(nameEnd);
    if (i > nameEnd) {
      while (Signs.isWord(text.at(i)) || text.at(i) == '_' || text.at(i) == '-') {
        i++;
      }
    }
    return text.at(i) == '=';
  }

  /** The {@code >} before the next {@code <}; -1 if there is none. */
  private int endOfAttributes(int nameEnd) {
    for (int i = nameEnd; i < text.length() && text.at(i) != '<'; i++) {
      if (text.at(i) == '>') {
        return i;
      }
    }
    return -1;
  }

  private static boolean isClose(int c) {
    return c == '>' || c == ']';
  }

  /** All spaces: those that an invisible character keeps apart are not one where they are shown. */
  private int afterSpace(int index) {
    int i = index;
    while (Signs.isSpace(text.at(i))) {
      i++;
    }
    return i;
  }

  /** A name of a role that tells who speaks; where to go on, {@code from} if there is no name. */
  private int label(int from) {
    if (!Signs.isWord(text.at(from)) || Signs.isWord(text.at(from - 1))) {
      return from;
    }
    Match name = list.match(text, from);
    if (name == null || !name.namesARole()) {
      return from;
    }
    int end = name.end();
    if (isMarker(from, name)) {
      boolean enclosed = text.at(from - 1) == '(' && text.at(end) == ')';
      if (!enclosed) {
        edits.enclose(from, end);
        enclosedEnd = end;
      }
      dropColons(end);
      transcript = true;
    } else {
      // "a human, line break, user: …": the second word may be a label of its own.
      end = endOfLine(from, end);
    }
    amidLine = true;
    return end;
  }

  /** The first line break in this piece of text, or its end. */
  private int endOfLine(int from, int end) {
    int i = from;
    while (i < end && text.at(i) != '\n') {
      i++;
    }
    return i;
  }

  private boolean isMarker(int from, Match name) {
    if (left.isHeadingSign(from)) {
      return true;
    }
    if (!hasColon(name.end())) {
      return false;
    }
    if (left.isMarkup(from, enclosedEnd)) {
      return true;
    }
    boolean speaks = transcript || text.hasCapital(from, name.end());
    return name.is(Kind.LABEL) && (!amidLine || !left.goesOnWith(from, speaks));
  }

  private boolean hasColon(int end) {
    for (int i = end; isTail(text.at(i)); i++) {
      if (text.at(i) == ':') {
        return true;
      }
    }
    return false;
  }

  /** Takes all colons of a label's tail, or the next one would do what the first did. */
  private boolean dropColons(int end) {
    boolean dropped = false;
    for (int i = end; isTail(text.at(i)); i++) {
      if (text.at(i) == ':') {
        edits.drop(i);
        dropped = true;
      }
    }
    return dropped;
  }

  private static boolean isTail(int c) {
    return c == ':' || Signs.isSpace(c) || Signs.isClosing(c);
  }
}
