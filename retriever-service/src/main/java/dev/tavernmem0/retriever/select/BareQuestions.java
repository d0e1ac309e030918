package dev.tavernmem0.retriever.select;

import dev.tavernmem0.common.mem0.Memory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Ranks what answers before what asks. A mem0 that stores chat verbatim also stores the questions,
 * and nothing is more similar to a question than the same question asked before; yet it tells
 * nothing. Told by punctuation alone, so in any language that marks questions: a text of one
 * sentence that ends in a question mark. Deterministic and thread-safe.
 */
final class BareQuestions {
  /** One sentence, with a question mark at its end and perhaps quotes or the like behind it. */
  private static final Pattern BARE_QUESTION =
      Pattern.compile("[^.!?。！？؟…\\n]*[?？؟][?？؟!！]*[^\\p{L}\\p{N}.!?。！？؟…]*");

  /**
   * A question gives way to statements that are at least so similar, compared with it. To none that
   * merely share a word with it: the question may tell something after all ("Did I tell you that
   * Ilse moved?").
   */
  private static final double LEAST_SHARE = 0.4;

  private BareQuestions() {}

  private record Placed(Memory memory, int after) {}

  /** The same memories; a bare question comes after the comparable statements. */
  static List<Memory> afterStatements(List<Memory> ranked) {
    List<Placed> placed = new ArrayList<>(ranked.size());
    for (int i = 0; i < ranked.size(); i++) {
      int after = isOne(ranked.get(i).text()) ? lastComparable(ranked, i) : i;
      placed.add(new Placed(ranked.get(i), after));
    }
    // Stable: questions that end up at the same place keep their order, behind its statement.
    return placed.stream()
        .sorted(
            Comparator.comparingInt(Placed::after).thenComparing(it -> isOne(it.memory().text())))
        .map(Placed::memory)
        .toList();
  }

  private static int lastComparable(List<Memory> ranked, int question) {
    double least = LEAST_SHARE * ScopeMerge.similarity(ranked.get(question));
    for (int i = ranked.size() - 1; i > question; i--) {
      if (ScopeMerge.similarity(ranked.get(i)) >= least && !isOne(ranked.get(i).text())) {
        return i;
      }
    }
    return question;
  }

  static boolean isOne(String text) {
    return BARE_QUESTION.matcher(text).matches();
  }
}
