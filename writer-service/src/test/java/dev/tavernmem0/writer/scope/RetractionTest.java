package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.writer.scope.Simulation.Crash;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Memories of what a chat says no more are taken back; a crash on the way changes nothing. */
class RetractionTest {
  private static final Duration LONG = Duration.ofMinutes(11);

  private final Simulation simulation = new Simulation();

  @BeforeEach
  void an_exchange_is_written() {
    simulation.chat().user("I have a dog.");
    simulation.chat().reply("What is it called?");
    carryOut(Crash.NEVER);
    assertThat(simulation.remembered()).isEqualTo(1);
  }

  private void carryOut(Crash crash) {
    simulation.consume(Integer.MAX_VALUE);
    simulation.pass(LONG);
    assertThat(simulation.work(crash, true)).as("something to do").isTrue();
  }

  @ParameterizedTest
  @EnumSource(Crash.class)
  void a_swipe_that_is_taken_back_after_a_crash_is_written_again(Crash crash) {
    simulation.chat().swipe(1, "Which breed?");
    carryOut(crash);

    simulation.chat().swipe(1, "What is it called?");
    simulation.drain();

    simulation.check();
    assertThat(simulation.fates()).containsExactly("written", "written");
    assertThat(simulation.remembered()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Crash.class,
      names = {"BEFORE_CALL", "BEFORE_OUTCOME", "AFTER_OUTCOME"})
  void what_an_operator_has_confirmed_is_not_asked_for_again(Crash crash) {
    simulation.chat().delete(1);
    simulation.chat().delete(0);
    simulation.consume(Integer.MAX_VALUE);
    simulation.pass(LONG);
    assertThat(simulation.work(Crash.NEVER, true)).as("nothing is to be done").isFalse();
    assertThat(simulation.held()).isEqualTo(1);
    simulation.confirmHold();
    carryOut(crash);

    simulation.consume(Integer.MAX_VALUE);
    simulation.pass(LONG);
    simulation.work(Crash.NEVER, true);

    assertThat(simulation.held()).isZero();
    assertThat(simulation.remembered()).isZero();
    simulation.drain();
    simulation.check();
  }

  @ParameterizedTest
  @EnumSource(Crash.class)
  void what_is_deleted_after_a_crash_is_gone_with_the_rest(Crash crash) {
    simulation.chat().swipe(1, "Which breed?");
    carryOut(crash);

    simulation.chat().delete(1);
    simulation.drain();

    simulation.check();
    assertThat(simulation.fates()).containsExactly("written");
    assertThat(simulation.remembered()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Crash.class)
  void what_comes_back_after_a_crash_is_written_again(Crash crash) {
    simulation.chat().delete(1);
    carryOut(crash);

    simulation.chat().reply("What is it called?");
    simulation.drain();

    simulation.check();
    assertThat(simulation.fates()).containsExactly("written", "written");
  }
}
