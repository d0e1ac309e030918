package dev.tavernmem0.retriever.marker;

/** What stands before a label and decides whether it tells who speaks or belongs to a sentence. */
final class LeftOfLabel {
  private final MarkerList list;
  private final FoldedText text;

  LeftOfLabel(MarkerList list, FoldedText text) {
    this.list = list;
    this.text = text;
  }

  /** Whether two or more {@code #} make a heading of the label, with a colon or without. */
  boolean isHeadingSign(int from) {
    int before = from - 1;
    while (Signs.isSpace(text.at(before))) {
      before--;
    }
    return text.at(before) == '#' && text.at(before - 1) == '#';
  }

  /**
   * Whether emphasis, a heading sign or a bracket precedes; not so in {@code snake_case}.
   *
   * @param enclosedEnd where the last name ends that is put in brackets: it is no word to go on
   *     with
   */
  boolean isMarkup(int from, int enclosedEnd) {
    boolean onlyUnderscores = true;
    int start = from;
    for (int i = from - 1; ; i--) {
      int c = text.at(i);
      if (Signs.isMarkup(c)) {
        start = i;
        onlyUnderscores &= c == '_';
      } else if (!Signs.isSpace(c) && c != '(') {
        boolean snakeCase =
            onlyUnderscores && start == i + 1 && Signs.isWord(c) && i + 1 != enclosedEnd;
        return start < from && !snakeCase;
      }
    }
  }

  /**
   * Whether what stands on the line before goes on with the label as with any other word.
   *
   * @param speaks whether the label is written as a speaker's name: with a capital, or after others
   */
  boolean goesOnWith(int from, boolean speaks) {
    // Chinese has no capitals, but writes no spaces amid a sentence either.
    boolean caseless = Character.isIdeographic(text.at(from));
    int before = from - 1;
    int c = text.at(before);
    if (!Signs.isSpace(c)) {
      return switch (c) {
        case '(' -> !speaks;
        case ',', '.' -> !caseless && !speaks;
        default -> Signs.isQuote(c) || Signs.isInWords(c);
      };
    }
    before--;
    while (Signs.isSpace(text.at(before)) || Signs.isClosing(text.at(before))) {
      before--;
    }
    c = text.at(before);
    boolean alone = caseless || speaks;
    if (c == ',' || c == '(') {
      return !alone;
    }
    return Signs.isWord(c) && (!alone || list.isProse(text, before + 1));
  }
}
