package dev.tavernmem0.retriever.marker;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;

/**
 * A text as the eye and a model may take it, so that a marker is found however it is spelled: lower
 * case, full-width and styled letters as plain ones, all kinds of brackets as {@code <} or {@code
 * [}, without accents and without what is invisible. Knows where in the source each character
 * stands. Immutable.
 */
final class FoldedText {
  /** What {@link #at} answers outside the text. */
  static final int NONE = 0;

  private static final Map<Integer, Integer> LOOKALIKES =
      Map.ofEntries(
          Map.entry((int) '∶', (int) ':'),
          Map.entry((int) '꞉', (int) ':'),
          Map.entry((int) 'ː', (int) ':'),
          Map.entry((int) '∣', (int) '|'),
          Map.entry((int) '│', (int) '|'),
          Map.entry((int) 'ǀ', (int) '|'),
          Map.entry((int) '【', (int) '['),
          Map.entry((int) '】', (int) ']'),
          Map.entry((int) '〔', (int) '['),
          Map.entry((int) '〕', (int) ']'),
          Map.entry((int) '〖', (int) '['),
          Map.entry((int) '〗', (int) ']'),
          Map.entry((int) '⟦', (int) '['),
          Map.entry((int) '⟧', (int) ']'),
          Map.entry((int) '〈', (int) '<'),
          Map.entry((int) '〉', (int) '>'),
          Map.entry((int) '⟨', (int) '<'),
          Map.entry((int) '⟩', (int) '>'),
          Map.entry((int) '‹', (int) '<'),
          Map.entry((int) '›', (int) '>'));

  private final String source;
  private final int[] folded;
  private final int[] starts;
  private final BitSet capitals = new BitSet();

  private FoldedText(String source) {
    this.source = source;
    int[] characters = new int[source.length()];
    int[] positions = new int[source.length() + 1];
    int length = 0;
    for (int i = 0; i < source.length(); ) {
      int codePoint = source.codePointAt(i);
      if (!isInvisible(codePoint)) {
        int plain = plain(codePoint);
        capitals.set(length, Character.isUpperCase(plain));
        characters[length] = Character.toLowerCase(plain);
        positions[length] = i;
        length++;
      }
      i += Character.charCount(codePoint);
    }
    positions[length] = source.length();
    this.folded = Arrays.copyOf(characters, length);
    this.starts = Arrays.copyOf(positions, length + 1);
  }

  static FoldedText of(String source) {
    return new FoldedText(source);
  }

  /** Characters that nobody sees, and marks that only decorate others. */
  private static boolean isInvisible(int codePoint) {
    if (codePoint < 0x80) {
      return false;
    }
    return switch (Character.getType(codePoint)) {
      case Character.FORMAT, Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> true;
      default ->
          // The Hangul fillers and the blank of Braille, which count as letters or symbols.
          codePoint == 0x115F
              || codePoint == 0x1160
              || codePoint == 0x3164
              || codePoint == 0xFFA0
              || codePoint == 0x2800;
    };
  }

  private static int plain(int codePoint) {
    if (codePoint < 0x80 || (Character.isIdeographic(codePoint) && codePoint < 0xF900)) {
      return LOOKALIKES.getOrDefault(codePoint, codePoint);
    }
    // One for one only: what stands for several characters (½, ㏂) is no part of a marker.
    int[] parts =
        Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFKD)
            .codePoints()
            .filter(part -> !isInvisible(part))
            .toArray();
    int plain = parts.length == 1 ? parts[0] : codePoint;
    return LOOKALIKES.getOrDefault(plain, plain);
  }

  int length() {
    return folded.length;
  }

  /** The folded character; {@link #NONE} outside the text. */
  int at(int index) {
    return index < 0 || index >= folded.length ? NONE : folded[index];
  }

  /** Whether one of these characters was a capital. */
  boolean hasCapital(int from, int to) {
    int capital = capitals.nextSetBit(from);
    return capital >= 0 && capital < to;
  }

  /** The folded characters as text. */
  String text(int from, int to) {
    return new String(folded, from, to - from);
  }

  /** What stands before the first folded character: nothing that is seen. */
  String head() {
    return source.substring(0, starts[0]);
  }

  /** The source of one folded character, with the invisible ones after it. */
  String source(int index) {
    return source.substring(starts[index], starts[index + 1]);
  }
}
