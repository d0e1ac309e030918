package dev.tavernmem0.cli.operate;

import java.lang.Character.UnicodeScript;
import java.util.Set;

/** How many columns of a terminal a text takes: Chinese, Japanese and Korean take two. */
final class TextWidth {
  private static final Set<UnicodeScript> WIDE_SCRIPTS =
      Set.of(
          UnicodeScript.HAN,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.HANGUL,
          UnicodeScript.BOPOMOFO);
  private static final int CJK_PUNCTUATION = 0x3000;
  private static final int CJK_PUNCTUATION_END = 0x303F;
  private static final int FULL_WIDTH = 0xFF01;
  private static final int FULL_WIDTH_END = 0xFF60;
  private static final int HALF_WIDTH_END = 0xFFEF;
  private static final int EMOJI = 0x1F300;

  private TextWidth() {}

  static int of(String text) {
    return text.codePoints().map(TextWidth::of).sum();
  }

  private static int of(int codePoint) {
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK || type == Character.FORMAT) {
      return 0;
    }
    return isWide(codePoint) ? 2 : 1;
  }

  private static boolean isWide(int codePoint) {
    if (codePoint >= FULL_WIDTH && codePoint <= HALF_WIDTH_END) {
      return codePoint <= FULL_WIDTH_END;
    }
    return codePoint >= EMOJI
        || (codePoint >= CJK_PUNCTUATION && codePoint <= CJK_PUNCTUATION_END)
        || WIDE_SCRIPTS.contains(UnicodeScript.of(codePoint));
  }
}
