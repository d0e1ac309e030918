package dev.tavernmem0.writer.curation;

import java.text.Normalizer;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Texts of memories, known again by their words. A model that extracts a fact again words it a
 * little differently each time, so a text is known again like this: at least four of five of the
 * words of both together have to be in both (Jaccard index). Writing without spaces counts by pairs
 * of characters. Immutable and thread-safe.
 */
public final class MemoryTexts {
  /** None. */
  public static final MemoryTexts NONE = new MemoryTexts(List.of());

  private static final double SAME = 0.8;
  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");

  private static final Pattern WITHOUT_SPACES =
      Pattern.compile(
          "[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}\\p{IsLao}\\p{IsKhmer}"
              + "\\p{IsMyanmar}]");

  private final List<Set<String>> texts;

  public MemoryTexts(Collection<String> texts) {
    this.texts = texts.stream().map(MemoryTexts::words).toList();
  }

  public boolean isEmpty() {
    return texts.isEmpty();
  }

  /** Whether a memory says what one of the texts says. */
  public boolean hold(String memory) {
    if (texts.isEmpty()) {
      return false;
    }
    Set<String> words = words(memory);
    return texts.stream().anyMatch(text -> alike(text, words));
  }

  private static boolean alike(Set<String> one, Set<String> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return false;
    }
    long common = one.stream().filter(other::contains).count();
    return common >= SAME * (one.size() + other.size() - common);
  }

  private static Set<String> words(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    Set<String> words = new HashSet<>();
    for (String word : NO_WORD.split(plain)) {
      if (!WITHOUT_SPACES.matcher(word).find() || word.length() < 2) {
        words.add(word);
        continue;
      }
      for (int i = 0; i + 1 < word.length(); i++) {
        words.add(word.substring(i, i + 2));
      }
    }
    words.remove("");
    return words;
  }
}
