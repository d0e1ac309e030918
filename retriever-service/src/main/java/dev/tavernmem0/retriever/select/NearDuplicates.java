package dev.tavernmem0.retriever.select;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds texts that say the same in almost the same words, in any language: character bigrams
 * overlap almost fully, and what differs is neither a number nor an emoji nor a negation ("is 20"
 * and "is 21", "likes" and "does not like" are close in letters only). Not thread-safe.
 */
final class NearDuplicates {
  private static final double LEAST_OVERLAP = 0.85;

  /** In the scripts that write no spaces a negation is one character. */
  private static final Set<String> NEGATIONS =
      Set.of(
          "not", "no", "never", "cannot", "without", "hardly", "t", "dont", "doesnt", "isnt",
          "didnt", "wasnt", "cant", "wont", "不", "没", "沒", "无", "無", "未", "别", "別", "非", "ない");

  private final List<Fingerprint> kept = new ArrayList<>();

  private record Fingerprint(Set<String> bigrams, Map<String, Integer> words) {}

  /** Keeps the text unless it repeats one that was kept; returns whether it was kept. */
  boolean add(String text) {
    Fingerprint candidate = fingerprint(text);
    for (Fingerprint other : kept) {
      if (overlap(candidate.bigrams, other.bigrams) >= LEAST_OVERLAP
          && !differInMeaning(candidate.words, other.words)) {
        return false;
      }
    }
    kept.add(candidate);
    return true;
  }

  private static Fingerprint fingerprint(String text) {
    String normal = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    Map<String, Integer> words = new HashMap<>();
    StringBuilder word = new StringBuilder();
    StringBuilder letters = new StringBuilder();
    normal
        .codePoints()
        .forEach(
            codePoint -> {
              boolean part = Character.isLetterOrDigit(codePoint) || isSymbol(codePoint);
              boolean alone = Character.isIdeographic(codePoint) || isSymbol(codePoint);
              if (!part || alone) {
                flush(word, words);
              }
              if (part) {
                letters.appendCodePoint(codePoint);
                word.appendCodePoint(codePoint);
              }
              if (alone) {
                flush(word, words);
              }
            });
    flush(word, words);
    return new Fingerprint(bigrams(letters.toString()), words);
  }

  /** Emoji and signs carry meaning, unlike punctuation. */
  private static boolean isSymbol(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.OTHER_SYMBOL
        || type == Character.CURRENCY_SYMBOL
        || type == Character.MATH_SYMBOL;
  }

  private static void flush(StringBuilder word, Map<String, Integer> words) {
    if (!word.isEmpty()) {
      words.merge(word.toString(), 1, Integer::sum);
      word.setLength(0);
    }
  }

  private static Set<String> bigrams(String letters) {
    int[] codePoints = letters.codePoints().toArray();
    Set<String> bigrams = new HashSet<>();
    if (codePoints.length == 1) {
      bigrams.add(letters);
    }
    for (int i = 0; i + 1 < codePoints.length; i++) {
      bigrams.add(new String(codePoints, i, 2));
    }
    return bigrams;
  }

  private static double overlap(Set<String> a, Set<String> b) {
    if (a.isEmpty() && b.isEmpty()) {
      return 1;
    }
    long common = a.stream().filter(b::contains).count();
    return (double) common / (a.size() + b.size() - common);
  }

  private static boolean differInMeaning(Map<String, Integer> a, Map<String, Integer> b) {
    Set<String> all = new HashSet<>(a.keySet());
    all.addAll(b.keySet());
    return all.stream()
        .filter(word -> !a.getOrDefault(word, 0).equals(b.getOrDefault(word, 0)))
        .anyMatch(NearDuplicates::carriesMeaning);
  }

  private static boolean carriesMeaning(String word) {
    return NEGATIONS.contains(word)
        || word.codePoints().anyMatch(c -> Character.isDigit(c) || isSymbol(c));
  }
}
