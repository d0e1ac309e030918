package dev.tavernmem0.writer.mem0;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many tokens a batch may have, by what mem0 says and does. */
class TokenLimitTest {
  private static final List<String> WHOLE = List.of("a", "b", "c", "d");
  private static final List<String> FIRST = List.of("a", "b");
  private static final List<String> SECOND = List.of("c", "d");

  private final TokenLimit limit = new TokenLimit(6000);

  @ParameterizedTest
  @CsvSource({"8192, 6000", "100000, 6000", "2048, 1536", "512, 384", "64, 200"})
  void an_embedder_that_takes_fewer_makes_it_fewer(int embedder, int most) {
    limit.embedderTakes(embedder);

    assertThat(limit.most()).isEqualTo(most);
  }

  @Test
  void what_is_refused_whole_and_taken_in_parts_was_too_long() {
    limit.refused(WHOLE, 4000);
    limit.taken(FIRST, 2000);
    assertThat(limit.most()).as("before the other part").isEqualTo(6000);
    limit.taken(SECOND, 2000);

    assertThat(limit.most()).isEqualTo(3200);
  }

  @Test
  void of_parts_that_are_parted_again_the_smallest_that_was_refused_counts() {
    limit.refused(WHOLE, 4000);
    limit.refused(FIRST, 2000);
    limit.taken(List.of("a"), 1000);
    limit.taken(List.of("b"), 1000);
    limit.taken(SECOND, 1500);

    assertThat(limit.most()).isEqualTo(1600);
  }

  @Test
  void it_is_never_less_than_what_was_taken() {
    limit.refused(WHOLE, 4000);
    limit.taken(FIRST, 3900);
    limit.taken(SECOND, 100);

    assertThat(limit.most()).isEqualTo(3900);
  }

  @Test
  void what_is_no_longer_than_what_is_taken_elsewhere_was_refused_for_something_else() {
    limit.taken(List.of("x"), 5000);
    limit.refused(WHOLE, 4000);
    limit.taken(WHOLE, 4000);
    limit.refused(WHOLE, 5500);
    limit.taken(List.of("y"), 5600);
    limit.taken(WHOLE, 5500);

    assertThat(limit.most()).isEqualTo(6000);
  }

  @Test
  void what_was_refused_for_one_of_its_turns_was_not_too_long() {
    limit.refused(WHOLE, 4000);
    limit.taken(FIRST, 2000);
    limit.refused(SECOND, 2000);
    limit.taken(List.of("c"), 1000);
    limit.givenUp("d");

    assertThat(limit.most()).isEqualTo(6000);
    limit.taken(List.of("d"), 1000);
    assertThat(limit.most()).as("when it is tried again").isEqualTo(6000);
  }

  @Test
  void what_a_provider_refused_that_takes_nothing_was_not_too_long() {
    limit.refused(WHOLE, 4000);
    limit.refused(FIRST, 2000);
    limit.providerRefuses();
    limit.taken(FIRST, 2000);
    limit.taken(SECOND, 2000);

    assertThat(limit.most()).isEqualTo(6000);
  }

  @Test
  void what_was_refused_though_one_of_its_turns_was_refused_alone_was_not_too_long() {
    limit.refused(WHOLE, 4000);
    limit.refused(FIRST, 2000);
    limit.refused(List.of("a"), 1000);
    limit.taken(List.of("a"), 1000);
    limit.taken(List.of("b"), 1000);
    limit.taken(SECOND, 2000);

    assertThat(limit.most()).isEqualTo(6000);
  }

  @Test
  void a_single_turn_that_is_refused_tells_nothing() {
    limit.refused(List.of("a"), 4000);
    limit.taken(List.of("a"), 3000);

    assertThat(limit.most()).isEqualTo(6000);
  }

  @Test
  void a_longer_batch_that_is_taken_makes_it_more_again_up_to_what_is_configured() {
    limit.refused(WHOLE, 1000);
    limit.taken(FIRST, 500);
    limit.taken(SECOND, 500);
    assertThat(limit.most()).isEqualTo(800);

    limit.taken(List.of("long"), 1200);
    assertThat(limit.most()).isEqualTo(1200);
    limit.taken(List.of("longer"), 9000);
    assertThat(limit.most()).isEqualTo(6000);
  }
}
