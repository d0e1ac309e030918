package dev.tavernmem0.retriever.marker;

/**
 * Makes inert what in a text could act as more than text: readable as before, but no role label, no
 * token of a chat template and no macro. A name's brackets become round ones, a label is put in
 * round brackets and loses its colon, two characters that act together are parted by a space. What
 * counts is in {@code markers.txt}. Applying it again changes nothing.
 */
public final class InertText {
  private static final MarkerList MARKERS = MarkerList.builtIn();

  private InertText() {}

  /**
   * The text, inert.
   *
   * @param text may have several lines: a label counts at the start of each
   */
  public static String of(String text) {
    return of(text, MARKERS);
  }

  static String of(String text, MarkerList markers) {
    Edits edits = MarkerScan.of(markers, FoldedText.of(text));
    return edits.areNone() ? text : edits.apply();
  }
}
