package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.ChatLog;
import dev.tavernmem0.writer.scope.Simulation.Crash;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What becomes of a batch that mem0 refuses for good. */
class RefusalTest {
  private final Simulation scope = new Simulation();
  private final ChatLog chat = scope.chat();

  private void one_of_six_is_never_taken() {
    scope.refuse("Poison.");
    for (String text : new String[] {"One.", "Two.", "Three.", "Poison.", "Five.", "Six."}) {
      chat.user(text);
    }
  }

  @Test
  void a_refused_batch_is_parted_until_the_guilty_turn_is_alone_and_the_rest_is_written() {
    one_of_six_is_never_taken();

    scope.anHour();

    assertThat(scope.postedTexts().toString())
        .isEqualTo(
            "[[One., Two., Three., Poison., Five.], [One., Two., Three.], [Poison., Five.],"
                + " [Poison.], [Five.], [Six.]]");
    assertThat(scope.fates())
        .containsExactly("written", "written", "written", "dead", "written", "written");
    assertThat(scope.entries()).hasSize(4);
  }

  @Test
  void what_is_deleted_before_its_part_is_tried_is_not_written() {
    one_of_six_is_never_taken();
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.work(Crash.NEVER, true);

    scope.chat().delete(3);
    scope.anHour();

    assertThat(scope.fates()).containsOnly("written");
    assertThat(scope.rememberedTexts()).hasSize(5);
    scope.check();
  }

  @Test
  void what_is_deleted_while_the_batch_is_tried_is_not_written() {
    one_of_six_is_never_taken();
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    Task task = scope.writer().next(Lane.LIVE, scope.now(), true);
    assertThat(task).isInstanceOf(Task.Write.class);

    scope.chat().delete(3);
    scope.consume(Integer.MAX_VALUE);
    scope.refused(task, TryAgain.IN_PARTS);
    scope.anHour();

    assertThat(scope.fates()).containsOnly("written");
    assertThat(scope.rememberedTexts()).hasSize(5);
    scope.check();
  }

  @Test
  void a_writer_that_dies_amid_the_parts_loses_nothing() {
    one_of_six_is_never_taken();
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.work(Crash.NEVER, true);
    scope.work(Crash.NEVER, true);
    scope.makeDurable();

    scope.crash();
    scope.anHour();

    assertThat(scope.fates())
        .containsExactly("written", "written", "written", "dead", "written", "written");
    assertThat(scope.rememberedTexts()).hasSize(5);
  }

  @Test
  void a_writer_that_dies_twice_amid_the_parts_loses_nothing() {
    one_of_six_is_never_taken();
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.work(Crash.BEFORE_CALL, true);
    scope.consume(Integer.MAX_VALUE);
    scope.makeDurable();
    scope.work(Crash.NEVER, true);
    scope.work(Crash.NEVER, true);
    scope.makeDurable();

    scope.crash();
    scope.anHour();

    assertThat(scope.fates())
        .containsExactly("written", "written", "written", "dead", "written", "written");
  }

  @Test
  void what_may_be_the_providers_fault_is_tried_again_as_it_is_behind_what_else_there_is() {
    chat.user("One.");
    scope.chat("other").user("Two.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    Task first = scope.writer().next(Lane.LIVE, scope.now(), true);
    assertThat(first).isInstanceOf(Task.Write.class);

    scope.refused(first, TryAgain.LATER);

    assertThat(scope.work(Crash.NEVER, true)).as("the other").isTrue();
    assertThat(scope.work(Crash.NEVER, true)).as("too early").isFalse();
    assertThat(scope.rememberedTexts()).containsExactly("Alex: Two.");
    scope.pass(Simulation.RULES.refusedRetry());
    assertThat(scope.work(Crash.NEVER, true)).as("again").isTrue();
    assertThat(scope.rememberedTexts()).containsExactly("Alex: One.", "Alex: Two.");
    scope.makeDurable();
    scope.check();
  }

  @Test
  void the_parts_of_what_was_refused_wait_for_nothing_else_that_is_said() {
    for (int i = 0; i < 12; i++) {
      chat.user("Line " + i);
    }
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(2));
    Task first = scope.writer().next(Lane.LIVE, scope.now(), false);
    assertThat(first).as("a full batch, though more is to be read").isInstanceOf(Task.Write.class);

    scope.refused(first, TryAgain.IN_PARTS);

    Task half = scope.writer().next(Lane.LIVE, scope.now(), false);
    assertThat(half).isInstanceOf(Task.Write.class);
    assertThat(half.entry().turns()).isEqualTo(first.entry().turns().subList(0, 3));
  }

  @Test
  void what_was_refused_waits_behind_what_is_said_after_it_in_the_same_chat() {
    chat.user("One.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.refused(scope.writer().next(Lane.LIVE, scope.now(), true), TryAgain.LATER);
    chat.user("Two.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));

    assertThat(scope.work(Crash.NEVER, true)).isTrue();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Two.");
    assertThat(scope.work(Crash.NEVER, true)).isTrue();
    assertThat(scope.rememberedTexts()).hasSize(2);
  }

  @Test
  void what_costs_a_call_of_the_model_each_time_is_tried_ever_more_rarely() {
    chat.user("One.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    Duration wait = Simulation.RULES.refusedRetry();
    for (int i = 0; i < 8; i++) {
      Task task = scope.writer().next(Lane.LIVE, scope.now(), true);
      assertThat(task).as("try %d", i).isInstanceOf(Task.Write.class);
      scope.refused(task, TryAgain.RARELY);

      scope.pass(wait.minusMillis(1));
      assertThat(scope.writer().next(Lane.LIVE, scope.now(), true)).as("before %s", wait).isNull();
      scope.pass(Duration.ofMillis(1));
      wait = i < 6 ? wait.multipliedBy(2) : wait;
    }
    assertThat(wait).as("at most").isEqualTo(Simulation.RULES.refusedRetry().multipliedBy(64));
  }

  @Test
  void what_mem0_refused_can_be_tried_again() {
    one_of_six_is_never_taken();
    scope.anHour();
    scope.refuse("Nothing.");

    assertThat(scope.writer().turns(Fate.DEAD)).isEqualTo(1);
    scope.requeue(Fate.DEAD);
    assertThat(scope.work(Crash.NEVER, true)).isTrue();
    assertThat(scope.entries()).contains("retracted (requeued), Poison.");
    scope.anHour();

    assertThat(scope.fates()).containsOnly("written");
    assertThat(scope.writer().turns(Fate.DEAD)).isZero();
    assertThat(scope.rememberedTexts()).hasSize(6);
    scope.check();
  }

  @Test
  void what_mem0_found_nothing_in_can_be_tried_again_also_across_a_restart() {
    chat.user("One.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.work(Crash.NEVER, false);
    assertThat(scope.fates()).containsExactly("empty");

    scope.requeue(Fate.EMPTY);
    scope.work(Crash.AFTER_OUTCOME, true);
    scope.anHour();

    assertThat(scope.fates()).containsExactly("written");
    assertThat(scope.rememberedTexts()).containsExactly("Alex: One.");
    scope.check();
  }

  @Test
  void what_was_written_can_be_written_again() {
    chat.user("One.");
    scope.anHour();

    scope.requeue(Fate.WRITTEN);
    scope.anHour();

    assertThat(scope.fates()).containsExactly("written");
    assertThat(scope.postedTexts().toString()).isEqualTo("[[One.], [One.]]");
    assertThat(scope.rememberedTexts()).containsExactly("Alex: One.");
    scope.check();
  }

  @Test
  void what_is_not_to_be_written_cannot_be_tried_again() {
    chat.user("One.");
    scope.chat().hide(0, true);
    scope.anHour();
    LedgerEntry skipped = scope.writer().entries().iterator().next();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> scope.writer().requeue(skipped, Lane.LIVE, scope.now()))
        .withMessageContaining("is skipped, and cannot be requeued");
  }
}
