package dev.tavernmem0.writer.curation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A memory that a user forgot is known again when the model words it anew. */
class MemoryTextsTest {

  @ParameterizedTest(name = "\"{0}\" forgotten, \"{1}\" comes: known again {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # forgotten                           | comes                                  | known
          Alex lives in Prague                  | Alex lives in Prague                   | true
          Alex lives in Prague                  | alex lives in Prague.                  | true
          Alex lives in the old town of Prague  | Alex lives in Prague, in the old town  | true
          Alex lives in Prague                  | Alex lives in Brno                     | false
          Alex has a dog called Rex             | Alex has a cat called Tom              | false
          Alex likes tea                        | Alex likes tea with milk and lemon     | false
          亚历克斯住在布拉格的老城区                   | 亚历克斯住在布拉格的老城区。                  | true
          亚历克斯住在布拉格                         | 亚历克斯喜欢喝绿茶                          | false
          …                                     | …                                      | false
          """)
  void by_its_words(String forgotten, String comes, boolean known) {
    assertThat(new MemoryTexts(List.of("Something else", forgotten)).hold(comes)).isEqualTo(known);
  }

  @Test
  void where_nothing_is_forgotten_everything_may_come() {
    assertThat(MemoryTexts.NONE.hold("Alex lives in Prague")).isFalse();
    assertThat(MemoryTexts.NONE.isEmpty()).isTrue();
  }
}
