package dev.tavernmem0.retriever.marker;

/**
 * What is to be changed in a text, noted while it is read and carried out at once. Nothing but
 * colons is ever taken away, so what stood apart does not come together.
 */
final class Edits {
  private static final int OPEN_BEFORE = 1;
  private static final int CLOSE_AFTER = 2;
  private static final int SPACE_AFTER = 4;
  private static final int TO_OPEN = 8;
  private static final int TO_CLOSE = 16;
  private static final int DROP = 32;

  private final FoldedText text;
  private final byte[] edits;
  private boolean any;

  Edits(FoldedText text) {
    this.text = text;
    this.edits = new byte[text.length()];
  }

  private void note(int index, int edit) {
    edits[index] |= (byte) edit;
    any = true;
  }

  /** Puts round brackets around these characters. */
  void enclose(int from, int to) {
    note(from, OPEN_BEFORE);
    note(to - 1, CLOSE_AFTER);
  }

  /** Makes a round bracket of this one. */
  void open(int index) {
    note(index, TO_OPEN);
  }

  /** Makes a round bracket of this one. */
  void close(int index) {
    note(index, TO_CLOSE);
  }

  /** Puts a space after this character. */
  void part(int index) {
    note(index, SPACE_AFTER);
  }

  /** Takes a colon away; words that it kept apart stay apart. */
  void drop(int index) {
    note(index, DROP);
    if (Signs.isWord(text.at(index + 1))) {
      note(index, SPACE_AFTER);
    }
  }

  boolean areNone() {
    return !any;
  }

  String apply() {
    StringBuilder changed = new StringBuilder(text.length() + 16).append(text.head());
    for (int i = 0; i < edits.length; i++) {
      int edit = edits[i];
      if ((edit & OPEN_BEFORE) != 0) {
        changed.append('(');
      }
      if ((edit & TO_OPEN) != 0) {
        changed.append('(');
      } else if ((edit & TO_CLOSE) != 0) {
        changed.append(')');
      } else if ((edit & DROP) == 0) {
        changed.append(text.source(i));
      }
      if ((edit & CLOSE_AFTER) != 0) {
        changed.append(')');
      }
      if ((edit & SPACE_AFTER) != 0) {
        changed.append(' ');
      }
    }
    return changed.toString();
  }
}
