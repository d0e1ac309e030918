package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchRulesTest {
  private static BatchRules rules(int turns, int backlog, Duration linger, int hold) {
    Duration any = Duration.ofMinutes(1);
    return new BatchRules(turns, backlog, any, linger, any, any, hold, 1, any);
  }

  @ParameterizedTest
  @CsvSource({"0,1,1", "1,0,1", "1,1,0"})
  void nothing_is_never_a_batch_nor_a_reason_to_hold(int turns, int backlog, int hold) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rules(turns, backlog, Duration.ofMinutes(3), hold));
  }

  @Test
  void one_of_each_is_enough() {
    assertThat(rules(1, 1, Duration.ofMinutes(3), 1).maxTurns()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"PT3M,PT0.5S", "PT0.6S,PT0.5S", "PT0.2S,PT0.2S", "PT0S,PT0S"})
  void what_is_on_its_way_has_arrived_after_half_a_second_or_a_shorter_linger(
      Duration linger, Duration quiet) {
    assertThat(rules(1, 1, linger, 1).quiet()).isEqualTo(quiet);
  }
}
