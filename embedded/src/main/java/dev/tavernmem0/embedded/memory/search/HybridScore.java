package dev.tavernmem0.embedded.memory.search;

import java.util.List;

/**
 * How well a memory answers a query, combined as mem0 v2 does: the semantic score and the keyword
 * score are added and divided by the largest sum that this query could reach. Scores of different
 * queries are therefore not comparable; {@link #semantic} is.
 *
 * @param semantic how near the embeddings are, in [0,1]; unrelated texts are about 0
 * @param bm25 normalised keyword score in [0,1]
 * @param maxPossible 1 if no memory has a word of the query, else 2
 */
public record HybridScore(double semantic, double bm25, double maxPossible) {
  /** Sum before it is divided. */
  public double raw() {
    return semantic + bm25;
  }

  /** In [0,1], higher is better. */
  public double combined() {
    return Math.min(raw() / maxPossible, 1.0);
  }

  /**
   * Squeezes a BM25 score, which has no upper bound, into [0,1]. Longer queries reach higher
   * scores, so the middle of the curve moves with the number of terms.
   */
  public static double normaliseBm25(double score, int queryTerms) {
    Sigmoid sigmoid = Sigmoid.forTerms(queryTerms);
    return 1.0 / (1.0 + Math.exp(-sigmoid.steepness * (score - sigmoid.midpoint)));
  }

  private record Sigmoid(int maxTerms, double midpoint, double steepness) {
    private static final List<Sigmoid> BY_LENGTH =
        List.of(
            new Sigmoid(3, 5.0, 0.7),
            new Sigmoid(6, 7.0, 0.6),
            new Sigmoid(9, 9.0, 0.5),
            new Sigmoid(15, 10.0, 0.5),
            new Sigmoid(Integer.MAX_VALUE, 12.0, 0.5));

    static Sigmoid forTerms(int terms) {
      return BY_LENGTH.stream().filter(s -> terms <= s.maxTerms).findFirst().orElseThrow();
    }
  }
}
