package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.writer.ChatLog;
import dev.tavernmem0.writer.scope.Simulation.Crash;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Turns that the log does not have here: they are taken back as if they were deleted by now. */
class LostTurnsTest {
  private final Simulation scope = new Simulation();
  private final ChatLog chat = scope.chat();

  private Turn exchange(String what) {
    Turn said = scope.chat().user("I like " + what + ".");
    scope.chat().reply("So you like " + what + ".");
    return said;
  }

  @Test
  void what_was_written_is_taken_back_and_the_rest_of_its_batch_is_written_again() {
    Turn tea = exchange("tea");
    exchange("figs");
    scope.anHour();

    assertThat(scope.lose(scope.end(), tea)).isEqualTo(1);
    scope.anHour();

    assertThat(scope.rememberedTexts())
        .containsExactly(
            "Alex: I like figs.", "Seraphina: So you like figs.", "Seraphina: So you like tea.");
    assertThat(scope.held()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Crash.class,
      names = {"BEFORE_CALL", "BEFORE_OUTCOME", "AFTER_OUTCOME"})
  void what_is_begun_comes_to_its_end_after_a_crash(Crash crash) {
    Turn tea = exchange("tea");
    scope.anHour();
    scope.lose(scope.end(), tea);
    scope.pass(Duration.ofMinutes(1));

    scope.work(crash, true);
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Seraphina: So you like tea.");
    scope.forgetOffsets();
    scope.anHour();
    assertThat(scope.rememberedTexts())
        .as("also when all of the log is read again")
        .containsExactly("Seraphina: So you like tea.");
  }

  @Test
  void what_is_not_begun_is_found_again_after_a_crash() {
    Turn tea = exchange("tea");
    scope.anHour();
    scope.lose(scope.end(), tea);

    scope.crash();
    scope.anHour();

    assertThat(scope.remembered()).isPositive();
    assertThat(scope.lose(scope.end(), tea)).isEqualTo(1);
    scope.anHour();
    assertThat(scope.rememberedTexts()).containsExactly("Seraphina: So you like tea.");
  }

  @Test
  void much_at_once_waits_for_an_operator() {
    for (int i = 0; i < 4; i++) {
      exchange("thing " + i);
    }
    scope.anHour();

    scope.lose(scope.end(), chat.turns().toArray(Turn[]::new));
    scope.anHour();

    assertThat(scope.writer().heldBatches())
        .extracting(LedgerEntry::reason)
        .containsOnly("8 turns deleted at once");
    assertThat(scope.rememberedTexts()).hasSize(8);
    scope.confirmHold();
    scope.anHour();
    assertThat(scope.remembered()).isZero();
  }

  @Test
  void what_the_log_has_nowhere_waits_for_an_operator_however_little_it_is() {
    Turn tea = exchange("tea");
    exchange("figs");
    scope.anHour();

    scope.loseForGood(scope.end(), tea);
    scope.anHour();

    assertThat(scope.writer().heldBatches())
        .extracting(LedgerEntry::reason)
        .containsExactly("the log does not have them");
    assertThat(scope.rememberedTexts()).contains("Alex: I like tea.");
    scope.confirmHold();
    scope.anHour();
    assertThat(scope.rememberedTexts())
        .contains("Alex: I like figs.")
        .doesNotContain("Alex: I like tea.");
  }

  @Test
  void what_is_said_again_meanwhile_is_held_no_more() {
    exchange("tea");
    scope.anHour();
    Turn tea = chat.turns().get(0);
    scope.loseForGood(scope.end(), tea);
    scope.anHour();
    assertThat(scope.held()).isPositive();

    chat.read();
    scope.anHour();

    assertThat(scope.held()).isZero();
    assertThat(scope.rememberedTexts()).contains("Alex: I like tea.");
  }

  @Test
  void what_the_chat_has_said_since_counts() {
    Turn tea = exchange("tea");
    scope.anHour();
    int seen = scope.end();
    scope.chat().edit(0, "I love tea.");
    scope.consume(Integer.MAX_VALUE);

    assertThat(scope.lose(seen, tea)).isZero();
    scope.anHour();

    assertThat(scope.rememberedTexts()).contains("Alex: I love tea.");
    scope.check();
  }

  @Test
  void what_another_turn_says_too_stays() {
    Turn tea = exchange("tea");
    scope.anHour();
    ChatLog branch = scope.chat("branch").copyOf(chat, 2);
    scope.anHour();

    scope.lose(scope.end(), tea);
    scope.anHour();

    assertThat(scope.rememberedTexts()).contains("Alex: I like tea.");
    assertThat(scope.fates(branch)).containsOnly("written");
  }

  @Test
  void what_waits_is_never_written() {
    Turn tea = exchange("tea");
    scope.consume(Integer.MAX_VALUE);

    scope.lose(scope.end(), tea);
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Seraphina: So you like tea.");
  }

  @Test
  void what_mem0_merged_with_it_is_written_again() {
    Turn tea = exchange("tea");
    scope.anHour();
    scope.nextTime(Merge.Change.UPDATE, "I like tea.");
    exchange("figs");
    scope.anHour();

    scope.lose(scope.end(), tea);
    scope.anHour();

    assertThat(scope.rememberedTexts())
        .containsExactly(
            "Alex: I like figs.", "Seraphina: So you like figs.", "Seraphina: So you like tea.");
  }

  @Test
  void what_no_chat_has_is_nothing() {
    Turn tea = exchange("tea");
    scope.anHour();
    scope.lose(scope.end(), tea);

    assertThat(scope.lose(scope.end(), tea)).isZero();
  }
}
