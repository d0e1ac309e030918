package dev.tavernmem0.common.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UtteranceKeysTest {
  private static final Instant MONDAY = Instant.parse("2026-11-02T10:00:00Z");

  private static Turn turn(
      String id, int position, boolean hidden, Role role, String name, @Nullable Instant at) {
    return new Turn(id, "h", position, role, name, null, "Yes.", at, hidden, false, 0, 1);
  }

  @Test
  void where_it_stands_and_whether_it_is_hidden_makes_no_difference() {
    assertThat(UtteranceKeys.of(turn("a", 3, false, Role.USER, "Alex", MONDAY)))
        .isEqualTo(UtteranceKeys.of(turn("b", 9, true, Role.USER, "Alex", MONDAY)));
  }

  @Test
  void who_says_it_and_when_does() {
    assertThat(UtteranceKeys.of(turn("a", 0, false, Role.USER, "Alex", MONDAY)))
        .isNotEqualTo(UtteranceKeys.of(turn("a", 0, false, Role.USER, "Beatriz", MONDAY)))
        .isNotEqualTo(UtteranceKeys.of(turn("a", 0, false, Role.ASSISTANT, "Alex", MONDAY)))
        .isNotEqualTo(UtteranceKeys.of(turn("a", 0, false, Role.USER, "Alex", null)));
  }

  @Test
  void a_character_that_was_renamed_says_what_it_said_before() {
    assertThat(UtteranceKeys.of(turn("a", 0, false, Role.ASSISTANT, "Mara", MONDAY)))
        .isEqualTo(UtteranceKeys.of(turn("b", 0, false, Role.ASSISTANT, "Mira", MONDAY)));
  }
}
