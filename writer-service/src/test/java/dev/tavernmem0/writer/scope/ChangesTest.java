package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.writer.ChatLog;
import dev.tavernmem0.writer.scope.Simulation.Crash;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the ledger says after turns changed in this state or that, before and after a crash. */
class ChangesTest {
  private static final Duration LONG = Duration.ofMinutes(11);

  private final Simulation scope = new Simulation();
  private final ChatLog chat = scope.chat();

  private void two_turns_are_said() {
    scope.chat().user("Tea?");
    scope.chat().reply("Tea.");
  }

  private void two_turns_are_written() {
    two_turns_are_said();
    scope.anHour();
    assertThat(scope.entries()).containsExactly("written, Tea?, Tea.");
  }

  private void read() {
    scope.consume(Integer.MAX_VALUE);
    scope.makeDurable();
  }

  private boolean work() {
    read();
    scope.pass(LONG);
    return scope.work(Crash.NEVER, true);
  }

  // --- Hidden and shown again

  @Test
  void a_turn_hidden_before_it_is_written_is_skipped_and_shown_again_it_is_written() {
    two_turns_are_said();
    scope.chat().hide(0, true);
    scope.anHour();
    assertThat(scope.entries()).containsExactly("skipped (hidden), Tea?", "written, Tea.");

    scope.chat().hide(0, false);
    scope.anHour();

    assertThat(scope.entries()).containsExactly("written, Tea.", "written, Tea?");
    scope.check();
  }

  @Test
  void hiding_what_is_written_changes_nothing() {
    two_turns_are_written();

    scope.chat().hide(0, true);
    scope.anHour();

    assertThat(scope.entries()).containsExactly("written, Tea?, Tea.");
    scope.check();
    scope.chat().hide(0, false);
    scope.anHour();
    assertThat(scope.entries()).containsExactly("written, Tea?, Tea.");
    scope.check();
  }

  @Test
  void hiding_what_is_just_being_written_changes_nothing() {
    two_turns_are_said();
    read();
    scope.pass(LONG);
    scope.hang(Lane.LIVE);

    scope.chat().hide(0, true);
    read();
    scope.goOn();
    scope.anHour();

    assertThat(scope.entries()).containsExactly("written, Tea?, Tea.");
    scope.check();
  }

  @Test
  void a_turn_that_says_what_another_said_may_be_hidden_by_itself() {
    two_turns_are_written();
    scope.chat("branch").copyOf(chat, 1);
    scope.anHour();
    assertThat(scope.entries()).containsExactly("said, Tea?", "written, Tea?, Tea.");

    scope.chat("branch").hide(0, true);
    scope.anHour();
    assertThat(scope.entries()).containsExactly("skipped (hidden), Tea?", "written, Tea?, Tea.");

    scope.chat("branch").hide(0, false);
    scope.anHour();
    assertThat(scope.entries()).containsExactly("said, Tea?", "written, Tea?, Tea.");
    scope.check();
  }

  // --- Told by several chats

  @Test
  void what_the_batch_does_not_have_its_words_from_may_go() {
    two_turns_are_written();
    scope.chat("branch").copyOf(chat, 1);
    scope.anHour();

    scope.chat("branch").delete(0);
    scope.anHour();

    assertThat(scope.entries()).containsExactly("written, Tea?, Tea.");
    scope.check();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void when_the_turn_goes_that_a_batch_has_its_words_from_it_has_them_from_another(boolean crash) {
    two_turns_are_written();
    ChatLog branch = scope.chat("branch").copyOf(chat, 1);
    scope.anHour();

    scope.chat().delete(0);
    read();
    if (crash) {
      scope.crash();
    }
    scope.anHour();

    assertThat(scope.entries()).containsExactly("written, Tea?, Tea.");
    assertThat(scope.fates(branch)).containsExactly("written");
    assertThat(scope.writer().entries().iterator().next().turns().get(0).chatId())
        .isEqualTo("branch");
    scope.check();
  }

  @Test
  void also_when_it_goes_while_the_batch_is_being_written() {
    two_turns_are_said();
    ChatLog branch = scope.chat("branch").copyOf(chat, 1);
    read();
    scope.pass(LONG);
    scope.hang(Lane.LIVE);

    scope.chat().delete(0);
    read();
    scope.goOn();
    scope.anHour();

    assertThat(scope.entries()).containsExactly("written, Tea?, Tea.");
    assertThat(scope.fates(branch)).containsExactly("written");
    scope.check();
  }

  @Test
  void old_words_that_another_chat_tells_too_stay_and_the_new_ones_are_written_by_themselves() {
    two_turns_are_written();
    scope.chat().edit(0, "Coffee?");
    read();

    scope.chat("branch").restore(0, said("Tea?"));
    scope.anHour();

    assertThat(scope.posted()).hasSize(2);
    assertThat(scope.entries()).containsExactly("written, Coffee?", "written, Tea?, Tea.");
    scope.check();
  }

  /** The words as a copy of them in another chat has them. */
  private Turn said(String text) {
    ChatLog copy = new ChatLog("branch", "Seraphina", event -> {}).at(chat.turns().get(0).sentAt());
    return copy.user(text);
  }

  // --- Between a retraction and what is written again

  private void a_swipe_is_taken_back_but_not_written_again() {
    two_turns_are_written();
    scope.chat().swipe(1, "Why?");
    read();
    scope.pass(Duration.ofSeconds(6));
    assertThat(scope.work(Crash.NEVER, true)).as("retracted").isTrue();
    scope.makeDurable();
    assertThat(scope.entries()).containsExactly("retracted (changed), Tea?, Tea. [gone]");
  }

  @Test
  void what_is_written_again_is_one_batch() {
    a_swipe_is_taken_back_but_not_written_again();

    scope.anHour();

    assertThat(scope.posted()).hasSize(2);
    assertThat(scope.entries())
        .as("what is gone stays known, for its event may be read again")
        .containsExactly("retracted (changed), Tea. [gone]", "written, Tea?, Why?");
    scope.check();
  }

  @Test
  void it_waits_until_the_new_words_are_settled() {
    a_swipe_is_taken_back_but_not_written_again();

    scope.pass(Duration.ofSeconds(83));
    assertThat(scope.work(Crash.NEVER, true)).isFalse();
    scope.pass(Duration.ofSeconds(1));
    assertThat(scope.work(Crash.NEVER, true)).isTrue();
  }

  @Test
  void what_is_deleted_then_stays_deleted_after_a_crash() {
    a_swipe_is_taken_back_but_not_written_again();

    scope.chat().delete(0);
    read();
    assertThat(scope.entries()).containsExactly("retracted (changed), Tea? [gone], Tea. [gone]");
    scope.crash();
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Seraphina: Why?");
    scope.check();
  }

  @Test
  void what_is_edited_then_is_written_with_its_new_words_after_a_crash() {
    a_swipe_is_taken_back_but_not_written_again();

    scope.chat().edit(0, "Coffee?");
    read();
    scope.crash();
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Coffee?", "Seraphina: Why?");
    scope.check();
  }

  @Test
  void what_another_chat_tells_too_is_written_for_that_one_after_a_crash() {
    two_turns_are_written();
    scope.chat("branch").copyOf(chat, 1);
    scope.anHour();
    scope.chat().swipe(1, "Why?");
    assertThat(work()).as("retracted").isTrue();
    read();

    scope.chat().delete(0);
    read();
    scope.crash();
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Tea?", "Seraphina: Why?");
    scope.check();
  }

  @Test
  void what_comes_back_under_its_old_id_is_written_with_the_batch_that_it_was_in() {
    two_turns_are_written();
    scope.chat("other").user("Rain?");
    scope.chat("other").reply("Rain.");
    scope.anHour();
    Turn question = chat.turns().get(0);
    scope.chat("other").swipe(1, "Snow.");
    scope.chat().delete(0);
    read();
    scope.pass(Duration.ofSeconds(6));
    assertThat(scope.work(Crash.NEVER, true)).as("retracted").isTrue();
    assertThat(scope.work(Crash.NEVER, true)).as("retracted").isTrue();
    read();

    scope.chat().restore(0, question);
    scope.anHour();

    assertThat(scope.entries()).contains("written, Rain?, Snow.", "written, Tea?, Tea.").hasSize(4);
    scope.check();
  }

  // --- Why it was taken back

  @Test
  void the_ledger_says_why_a_batch_was_taken_back() {
    two_turns_are_written();
    scope.chat().delete(1);
    assertThat(work()).isTrue();
    assertThat(scope.entries()).containsExactly("retracted (deleted), Tea?, Tea. [gone]");
  }

  @Test
  void a_retraction_that_goes_on_after_a_crash_keeps_its_reason() {
    two_turns_are_written();
    scope.chat().delete(1);
    read();
    scope.pass(LONG);
    scope.work(Crash.BEFORE_CALL, true);
    read();
    scope.work(Crash.NEVER, true);

    assertThat(scope.entries()).containsExactly("retracted (deleted), Tea?, Tea. [gone]");
  }

  @Test
  void what_an_operator_confirmed_is_deleted_although_it_is_said_again_and_is_written_again() {
    two_turns_are_written();
    Turn question = chat.turns().get(0);
    scope.chat().delete(1);
    scope.chat().delete(0);
    scope.anHour();
    scope.confirmHold();

    scope.chat().restore(0, question);
    assertThat(work()).isTrue();
    assertThat(scope.entries()).containsExactly("retracted (confirmed), Tea?, Tea. [gone]");
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Tea?");
    scope.check();
  }

  // --- While calls are under way

  @Test
  void what_changes_while_its_batch_is_being_deleted_is_written_as_it_is_then() {
    two_turns_are_written();
    scope.chat().swipe(1, "Why?");
    read();
    scope.pass(LONG);
    scope.hang(Lane.LIVE);

    scope.chat().edit(0, "Coffee?");
    read();
    scope.goOn();
    read();
    assertThat(scope.entries()).containsExactly("retracted (changed), Tea? [gone], Tea. [gone]");
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Coffee?", "Seraphina: Why?");
    scope.check();
  }

  @Test
  void what_changes_before_it_is_known_whether_it_was_stored_is_not_written_if_it_was_not() {
    two_turns_are_said();
    read();
    scope.pass(LONG);
    scope.work(Crash.BEFORE_CALL, true);

    scope.chat().swipe(1, "Why?");
    scope.anHour();

    assertThat(scope.posted()).hasSize(1);
    assertThat(scope.rememberedTexts()).containsExactly("Alex: Tea?", "Seraphina: Why?");
    scope.check();
  }

  @Test
  void a_turn_that_joins_while_the_words_are_being_written_is_known_to_say_them() {
    two_turns_are_said();
    read();
    scope.pass(LONG);
    scope.hang(Lane.LIVE);

    ChatLog branch = scope.chat("branch").copyOf(chat, 2);
    read();
    scope.goOn();
    read();

    assertThat(scope.entries()).containsExactly("said, Tea.", "said, Tea?", "written, Tea?, Tea.");
    assertThat(scope.fates(branch)).containsOnly("written");
    scope.check();
  }

  @Test
  void
      a_turn_deleted_while_it_is_written_stays_deleted_if_the_writer_dies_before_it_told_of_that() {
    two_turns_are_said();
    scope.chat("branch").copyOf(chat, 2);
    read();
    scope.pass(LONG);
    scope.hang(Lane.LIVE);
    scope.chat().delete(0);
    read();
    scope.goOn();

    scope.crash();
    scope.anHour();

    assertThat(scope.fates(chat)).containsExactly("written");
    scope.check();
  }

  // --- Batches that hold no memory

  @Test
  void a_batch_without_memories_needs_no_call_when_its_turns_go() {
    two_turns_are_said();
    read();
    scope.pass(LONG);
    scope.work(Crash.NEVER, false);

    scope.chat().delete(0);
    assertThat(work()).as("a call").isFalse();
    read();

    assertThat(scope.entries()).containsExactly("empty, Tea? [gone], Tea.");
    scope.check();
  }

  @Test
  void but_new_words_are_written_again_with_it() {
    two_turns_are_said();
    read();
    scope.pass(LONG);
    scope.work(Crash.NEVER, false);

    scope.chat().edit(0, "Coffee?");
    scope.anHour();

    assertThat(scope.posted()).hasSize(2);
    assertThat(scope.rememberedTexts()).containsExactly("Alex: Coffee?", "Seraphina: Tea.");
    scope.check();
  }

  // --- Crashes

  @ParameterizedTest
  @EnumSource(Crash.class)
  void new_words_that_go_before_the_old_ones_are_taken_back_do_not_come_back(Crash crash) {
    two_turns_are_written();
    scope.chat().swipe(1, "Why?");
    read();
    scope.chat().delete(1);
    read();
    scope.crash();
    read();
    scope.pass(LONG);
    scope.work(crash, true);
    scope.drain();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Tea?");
    scope.check();
  }

  @Test
  void what_a_complete_snapshot_did_not_name_is_gone_after_a_crash_too() {
    two_turns_are_written();
    chat.loseEventsOf(() -> chat.delete(0));
    scope.chat().read();
    read();
    scope.crash();
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Seraphina: Tea.");
    scope.check();
  }

  @Test
  void a_turn_that_is_deleted_between_two_crashes_does_not_come_back_with_its_old_words() {
    two_turns_are_written();
    scope.chat().hide(0, true);
    scope.chat().edit(0, "Coffee?");
    read();
    assertThat(scope.entries()).contains("skipped (hidden), Coffee?");
    scope.crash();
    read();
    scope.chat().delete(0);
    read();
    scope.crash();
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Seraphina: Tea.");
    scope.check();
  }
}
