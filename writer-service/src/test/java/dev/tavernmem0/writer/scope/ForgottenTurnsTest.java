package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.writer.ChatLog;
import dev.tavernmem0.writer.scope.Simulation.Crash;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Turns that their user has forgotten: as if they had never been said. */
class ForgottenTurnsTest {
  private final Simulation scope = new Simulation();
  private final ChatLog chat = scope.chat();

  private void crash(boolean really) {
    scope.makeDurable();
    if (really) {
      scope.crash();
    }
  }

  private Turn exchange(String what) {
    Turn said = scope.chat().user("I like " + what + ".");
    scope.chat().reply("So you like " + what + ".");
    return said;
  }

  @ParameterizedTest(name = "with a crash: {0}")
  @ValueSource(booleans = {false, true})
  void what_was_written_is_taken_back_and_the_rest_of_its_batch_is_written_again(boolean crash) {
    Turn tea = exchange("tea");
    exchange("figs");
    scope.anHour();

    scope.forget(tea);
    crash(crash);
    scope.anHour();

    assertThat(scope.rememberedTexts())
        .containsExactly(
            "Alex: I like figs.", "Seraphina: So you like figs.", "Seraphina: So you like tea.");
    assertThat(scope.fates()).containsExactly("forgotten", "written", "written", "written");
    scope.check();
  }

  @ParameterizedTest(name = "with a crash: {0}")
  @ValueSource(booleans = {false, true})
  void what_waits_is_never_written(boolean crash) {
    Turn tea = exchange("tea");
    scope.consume(Integer.MAX_VALUE);

    scope.forget(tea);
    crash(crash);
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Seraphina: So you like tea.");
    scope.check();
  }

  @Test
  void nobody_is_asked_however_many_turns_it_is() {
    for (int i = 0; i < 40; i++) {
      exchange("thing " + i);
    }
    scope.anHour();

    scope.forget(chat.turns().toArray(Turn[]::new));
    scope.anHour();

    assertThat(scope.held()).isZero();
    assertThat(scope.remembered()).isZero();
    scope.check();
  }

  @Test
  void what_is_on_hold_goes_without_an_operators_word() {
    for (int i = 0; i < 20; i++) {
      exchange("thing " + i);
    }
    scope.anHour();
    Turn[] said = chat.turns().toArray(Turn[]::new);
    scope.chat().deleteChat();
    scope.anHour();
    assertThat(scope.held()).isPositive();

    scope.forget(said);
    scope.anHour();

    assertThat(scope.held()).isZero();
    assertThat(scope.remembered()).isZero();
    scope.check();
  }

  @Test
  void what_an_operator_kept_when_its_chat_went_goes() {
    Turn tea = exchange("tea");
    Turn answer = chat.turns().get(1);
    scope.anHour();
    scope.chat().deleteChat();
    scope.anHour();
    scope.discardHold();
    assertThat(scope.remembered()).isPositive();

    scope.forget(tea, answer);
    scope.anHour();

    assertThat(scope.remembered()).isZero();
  }

  @Test
  void what_another_chat_says_too_stays_until_that_is_forgotten_too() {
    Turn tea = exchange("tea");
    ChatLog branch = scope.chat("branch").copyOf(chat, 2);
    scope.anHour();

    scope.forget(tea);
    scope.anHour();
    assertThat(scope.rememberedTexts()).contains("Alex: I like tea.");
    scope.check();

    scope.forget(branch.turns().get(0));
    scope.anHour();
    assertThat(scope.rememberedTexts()).containsExactly("Seraphina: So you like tea.");
    scope.check();
  }

  @ParameterizedTest(name = "with a crash: {0}")
  @ValueSource(booleans = {false, true})
  void it_stays_forgotten_when_it_is_read_edited_and_swiped_again(boolean crash) {
    exchange("tea");
    scope.anHour();
    scope.forget(chat.turns().toArray(Turn[]::new));
    scope.anHour();
    crash(crash);

    scope.chat().read();
    scope.chat().edit(0, "I love tea.");
    scope.chat().swipe(1, "Tea it is.");
    scope.anHour();

    assertThat(scope.remembered()).isZero();
    assertThat(scope.fates()).containsOnly("forgotten");
    scope.check();
  }

  @Test
  void what_is_said_afterwards_is_remembered() {
    exchange("tea");
    scope.anHour();
    scope.forget(chat.turns().toArray(Turn[]::new));
    exchange("figs");
    scope.anHour();

    assertThat(scope.rememberedTexts())
        .containsExactly("Alex: I like figs.", "Seraphina: So you like figs.");
    scope.check();
  }

  @ParameterizedTest
  @ValueSource(strings = {"BEFORE_INTENT", "BEFORE_CALL", "BEFORE_OUTCOME", "AFTER_OUTCOME"})
  void a_writer_that_dies_while_it_takes_back_does_so_to_the_end(Crash when) {
    Turn tea = exchange("tea");
    exchange("figs");
    scope.anHour();

    scope.forget(tea);
    scope.work(when, true);
    scope.anHour();

    assertThat(scope.rememberedTexts()).doesNotContain("Alex: I like tea.").hasSize(3);
    scope.check();
  }

  @Test
  void what_is_on_its_way_is_taken_back_when_it_has_arrived() {
    Turn tea = exchange("tea");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(10));
    scope.hang(Lane.LIVE);

    scope.forget(tea);
    assertThat(scope.writer().forgottenAreTakenBack()).isFalse();
    scope.goOn();
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Seraphina: So you like tea.");
    assertThat(scope.writer().forgottenAreTakenBack()).isTrue();
    scope.check();
  }

  @Test
  void what_mem0_refused_is_not_tried_again_with_it() {
    scope.refuse("I like tea.");
    Turn tea = exchange("tea");
    scope.anHour();
    assertThat(scope.fates()).startsWith("dead");

    scope.forget(tea);
    scope.requeue(Fate.EMPTY);
    scope.anHour();

    assertThat(scope.fates()).startsWith("forgotten");
    assertThat(scope.writer().turns(Fate.DEAD)).isZero();
    scope.check();
  }

  @Test
  void what_mem0_merged_with_it_is_written_again() {
    exchange("tea");
    scope.anHour();
    scope.nextTime(Merge.Change.UPDATE, "I like tea.");
    Turn figs = exchange("figs");
    scope.anHour();

    scope.forget(figs);
    scope.anHour();

    assertThat(scope.rememberedTexts())
        .containsExactly(
            "Alex: I like tea.", "Seraphina: So you like figs.", "Seraphina: So you like tea.");
    scope.check();
  }

  @Test
  void other_words_that_were_about_to_be_written_are_not_and_nothing_stays_open() {
    Turn tea = exchange("tea");
    scope.anHour();
    scope.chat().edit(0, "I love tea.");
    scope.consume(Integer.MAX_VALUE);

    scope.forget(tea);
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Seraphina: So you like tea.");
    scope.check();
  }

  @Test
  void a_replay_that_finds_it_in_the_log_leaves_it_alone() {
    Turn tea = exchange("tea");
    scope.anHour();
    scope.forget(tea);
    scope.anHour();

    assertThat(scope.writer().forgotten()).containsExactly(tea.turnId());
    assertThat(scope.foldMissed(tea)).isEmpty();
    assertThat(scope.writer().waiting()).isEqualTo(Waiting.NOTHING);
  }
}
