package dev.tavernmem0.embedded.memory.embedding;

/**
 * A language that there is a model for. No small model is good at both: asked in English, the
 * Chinese one finds the answer first in 3 of 10 cases, the English one in 9 of 10.
 */
public enum Language {
  /** English, and every language that is not written in Chinese, Japanese or Korean characters. */
  ENGLISH(
      "bge-small-en-v1.5-q",
      384,
      "Represent this sentence for searching relevant passages: ",
      0.40),
  CHINESE("bge-small-zh-v1.5", 512, "为这个句子生成表示以用于检索相关文章：", 0.22);

  private final String model;
  private final int dimensions;
  private final String queryPrefix;
  private final double unrelatedCosine;

  Language(String model, int dimensions, String queryPrefix, double unrelatedCosine) {
    this.model = model;
    this.dimensions = dimensions;
    this.queryPrefix = queryPrefix;
    this.unrelatedCosine = unrelatedCosine;
  }

  /** The language of most of a text, a CJK character counting as much as a word. */
  public static Language of(String text) {
    int cjk = 0;
    int words = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      boolean isCjk = isCjk(codePoint);
      boolean isLetter = !isCjk && Character.isLetter(codePoint);
      if (isCjk) {
        cjk++;
      } else if (isLetter && !inWord) {
        words++;
      }
      inWord = isLetter || (inWord && isApostrophe(codePoint));
    }
    return cjk > 0 && cjk >= words ? CHINESE : ENGLISH;
  }

  /** Name of the model, and of its files in its jar. */
  public String model() {
    return model;
  }

  /** Length of the model's vectors. */
  public int dimensions() {
    return dimensions;
  }

  /**
   * How well a memory fits a query, in [0,1]. The models give texts that have nothing to do with
   * each other a cosine far above 0; here they get about 0, as with the models that mem0's
   * threshold of 0.1 is made for.
   */
  public double relevance(double cosine) {
    double aboveUnrelated = (cosine - unrelatedCosine) / (1 - unrelatedCosine);
    return Math.max(0, Math.min(1, aboveUnrelated));
  }

  /** What the model wants to see before a question. */
  String queryPrefix() {
    return queryPrefix;
  }

  private static boolean isCjk(int codePoint) {
    return switch (Character.UnicodeScript.of(codePoint)) {
      case HAN, HIRAGANA, KATAKANA, HANGUL -> true;
      default -> false;
    };
  }

  private static boolean isApostrophe(int codePoint) {
    return codePoint == '\'' || codePoint == '’';
  }
}
