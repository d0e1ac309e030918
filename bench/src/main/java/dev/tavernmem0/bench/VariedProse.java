package dev.tavernmem0.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Text with as many different words as people use, each as often as its rank in the language has it
 * (Zipf's law), so that it compresses about as badly as what is really written: some 10 bits a word
 * or Chinese character. {@link Prose}, with its 150 words, compresses twice as well.
 */
final class VariedProse implements Writing {
  private static final int WORDS = 12_000;
  private static final int CHARACTERS = 3_500;
  private static final char FIRST_CHARACTER = '\u4e00';
  private static final String[] ONSETS =
      "b c d f g h l m n p r s t v w br ch cl dr fl gr pl pr sh st th tr".split(" ");
  private static final String[] VOWELS = "a e i o u ea ou ai ee".split(" ");
  private static final String[] CODAS = " n r s t l d ng st nd ck".split(" ");

  private final Random random;
  private final List<String> words;
  private final double[] wordsUpTo = zipf(WORDS);
  private final double[] charactersUpTo = zipf(CHARACTERS);
  private final int[] characters;

  VariedProse(Random random) {
    this.random = random;
    Set<String> made = new LinkedHashSet<>();
    while (made.size() < WORDS) {
      // Frequent words are short.
      made.add(word(made.size() < 200 ? 1 : 1 + random.nextInt(3)));
    }
    this.words = new ArrayList<>(made);
    this.characters = random.ints(0, 20_000).distinct().limit(CHARACTERS).toArray();
  }

  @Override
  public String english(int length) {
    StringBuilder text = new StringBuilder(length + 20);
    boolean begins = true;
    while (text.length() < length) {
      String word = words.get(rank(wordsUpTo));
      text.append(begins ? Character.toUpperCase(word.charAt(0)) : word.charAt(0));
      text.append(word, 1, word.length());
      begins = random.nextInt(11) == 0;
      text.append(begins ? ". " : random.nextInt(12) == 0 ? ", " : " ");
    }
    return text.toString().strip();
  }

  @Override
  public String chinese(int length) {
    StringBuilder text = new StringBuilder(length + 20);
    while (text.length() < length) {
      text.append((char) (FIRST_CHARACTER + characters[rank(charactersUpTo)]));
      if (random.nextInt(9) == 0) {
        text.append(random.nextInt(3) == 0 ? "。" : "，");
      }
    }
    return text.toString();
  }

  private String word(int syllables) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < syllables; i++) {
      word.append(pick(ONSETS)).append(pick(VOWELS)).append(pick(CODAS));
    }
    return word.toString();
  }

  private String pick(String[] from) {
    return from[random.nextInt(from.length)];
  }

  private static double[] zipf(int count) {
    double[] upTo = new double[count];
    double sum = 0;
    for (int rank = 0; rank < count; rank++) {
      sum += 1.0 / (rank + 2.7);
      upTo[rank] = sum;
    }
    return upTo;
  }

  private int rank(double[] upTo) {
    double at = random.nextDouble() * upTo[upTo.length - 1];
    int found = java.util.Arrays.binarySearch(upTo, at);
    return Math.min(upTo.length - 1, found < 0 ? -found - 1 : found);
  }
}
