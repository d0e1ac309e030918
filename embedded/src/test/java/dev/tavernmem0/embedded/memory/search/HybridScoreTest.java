package dev.tavernmem0.embedded.memory.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HybridScoreTest {
  @Test
  void without_keyword_hits_the_semantic_score_is_the_score() {
    assertThat(new HybridScore(0.6, 0, 1).combined()).isEqualTo(0.6);
  }

  @Test
  void with_keyword_hits_both_count_half() {
    assertThat(new HybridScore(0.6, 0.2, 2).combined()).isEqualTo(0.4, within(1e-9));
  }

  @Test
  void the_middle_of_the_curve_moves_with_the_querys_length() {
    assertThat(HybridScore.normaliseBm25(5, 3)).isEqualTo(0.5);
    assertThat(HybridScore.normaliseBm25(7, 4)).isEqualTo(0.5);
    assertThat(HybridScore.normaliseBm25(9, 9)).isEqualTo(0.5);
    assertThat(HybridScore.normaliseBm25(10, 15)).isEqualTo(0.5);
    assertThat(HybridScore.normaliseBm25(12, 100)).isEqualTo(0.5);
  }

  @Property
  void normalised_scores_stay_in_range_and_keep_the_order(
      @ForAll @DoubleRange(min = 0, max = 1000) double lower,
      @ForAll @DoubleRange(min = 0, max = 1000) double more,
      @ForAll @IntRange(min = 1, max = 500) int terms) {
    double low = HybridScore.normaliseBm25(lower, terms);
    double high = HybridScore.normaliseBm25(lower + more, terms);

    assertThat(low).isBetween(0.0, 1.0);
    assertThat(high).isGreaterThanOrEqualTo(low);
  }
}
