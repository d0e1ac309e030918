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
  void withoutKeywordHitsTheSemanticScoreIsTheScore() {
    assertThat(new HybridScore(0.6, 0, 1).combined()).isEqualTo(0.6);
  }

  @Test
  void withKeywordHitsBothCountHalf() {
    assertThat(new HybridScore(0.6, 0.2, 2).combined()).isEqualTo(0.4, within(1e-9));
  }

  @Test
  void theMiddleOfTheCurveMovesWithTheQuerysLength() {
    assertThat(HybridScore.normaliseBm25(5, 3)).isEqualTo(0.5);
    assertThat(HybridScore.normaliseBm25(7, 4)).isEqualTo(0.5);
    assertThat(HybridScore.normaliseBm25(9, 9)).isEqualTo(0.5);
    assertThat(HybridScore.normaliseBm25(10, 15)).isEqualTo(0.5);
    assertThat(HybridScore.normaliseBm25(12, 100)).isEqualTo(0.5);
  }

  @Property
  void normalisedScoresStayInRangeAndKeepTheOrder(
      @ForAll @DoubleRange(min = 0, max = 1000) double lower,
      @ForAll @DoubleRange(min = 0, max = 1000) double more,
      @ForAll @IntRange(min = 1, max = 500) int terms) {
    double low = HybridScore.normaliseBm25(lower, terms);
    double high = HybridScore.normaliseBm25(lower + more, terms);

    assertThat(low).isBetween(0.0, 1.0);
    assertThat(high).isGreaterThanOrEqualTo(low);
  }
}
