package dev.tavernmem0.testkit.mem0;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands in for embeddings: the cosine of two texts' word counts, where every Han character is a
 * word. In [0, 1], 1 for the same words.
 */
final class Similarity {
  private static final Pattern WORD = Pattern.compile("\\p{IsHan}|[\\p{L}\\p{N}&&[^\\p{IsHan}]]+");

  private Similarity() {}

  static double of(String a, String b) {
    Map<String, Integer> left = words(a);
    Map<String, Integer> right = words(b);
    double product = 0;
    for (Map.Entry<String, Integer> word : left.entrySet()) {
      product += (double) word.getValue() * right.getOrDefault(word.getKey(), 0);
    }
    double norms = norm(left) * norm(right);
    return norms == 0 ? 0 : Math.min(1, product / norms);
  }

  private static Map<String, Integer> words(String text) {
    Map<String, Integer> counts = new HashMap<>();
    Matcher matcher = WORD.matcher(text.toLowerCase(Locale.ROOT));
    while (matcher.find()) {
      counts.merge(matcher.group(), 1, Integer::sum);
    }
    return counts;
  }

  private static double norm(Map<String, Integer> counts) {
    return Math.sqrt(counts.values().stream().mapToDouble(count -> (double) count * count).sum());
  }
}
