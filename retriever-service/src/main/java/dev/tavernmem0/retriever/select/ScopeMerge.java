package dev.tavernmem0.retriever.select;

import dev.tavernmem0.common.mem0.Memory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes one ranking of the answers of several scopes to the same query. Within a scope mem0's order
 * stands (it ranks by more than similarity); between scopes the heads compete by semantic score,
 * which alone is comparable, and the earlier scope wins a tie.
 */
public final class ScopeMerge {
  private ScopeMerge() {}

  /** Merges; a memory that several scopes return is kept once. */
  public static List<Memory> merge(List<List<Memory>> scopes) {
    int[] heads = new int[scopes.size()];
    List<Memory> merged = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int best = best(scopes, heads); best >= 0; best = best(scopes, heads)) {
      Memory memory = scopes.get(best).get(heads[best]++);
      if (ids.add(memory.id())) {
        merged.add(memory);
      }
    }
    return List.copyOf(merged);
  }

  private static int best(List<List<Memory>> scopes, int[] heads) {
    int best = -1;
    double bestSimilarity = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < heads.length; i++) {
      if (heads[i] >= scopes.get(i).size()) {
        continue;
      }
      double similarity = similarity(scopes.get(i).get(heads[i]));
      if (best < 0 || similarity > bestSimilarity) {
        best = i;
        bestSimilarity = similarity;
      }
    }
    return best;
  }

  /** Semantic score, or the only score there is, or 0. */
  static double similarity(Memory memory) {
    for (Double score : Arrays.asList(memory.semanticScore(), memory.score())) {
      if (score != null && !score.isNaN()) {
        return score;
      }
    }
    return 0;
  }
}
