package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.writer.scope.Simulation.Crash;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever happens, and wherever the writer dies, memories end up as the chat is. */
class ConvergenceTest {

  sealed interface Step {
    record Act(int what, int where) implements Step {}

    record Consume(int events) implements Step {}

    record Pass(int seconds) implements Step {}

    record MakeDurable() implements Step {}

    record Work(Crash crash, boolean somethingToRemember) implements Step {}

    record Hang(Lane lane) implements Step {}

    record GoOn() implements Step {}

    record PutOff() implements Step {}

    record Die() implements Step {}

    record Redeliver(int events) implements Step {}

    record Replay(int which) implements Step {}

    record Forget(int which) implements Step {}
  }

  @Property
  void memories_converge_to_the_chat(@ForAll("steps") List<Step> steps) {
    Simulation simulation = new Simulation();

    steps.forEach(step -> perform(simulation, step));
    simulation.drain();

    simulation.check();
  }

  @Property
  void memories_converge_to_the_chat_if_mem0_merges_batches_too(@ForAll("steps") List<Step> steps) {
    Simulation simulation = new Simulation().merging();

    steps.forEach(step -> perform(simulation, step));
    simulation.drain();

    simulation.check();
  }

  @Property
  void memories_converge_to_the_chat_if_a_batch_can_be_posted_again(
      @ForAll("steps") List<Step> steps) {
    Simulation simulation = new Simulation().merging().keepingAnswers();

    steps.forEach(step -> perform(simulation, step));
    simulation.drain();

    simulation.check();
  }

  @Property
  void only_what_mem0_refuses_itself_is_given_up(@ForAll("steps") List<Step> steps) {
    Simulation simulation = new Simulation().refusingSome();

    steps.forEach(step -> perform(simulation, step));
    simulation.drain();

    simulation.check();
  }

  @Property
  void reading_the_whole_log_again_changes_nothing(@ForAll("steps") List<Step> steps) {
    Simulation simulation = new Simulation();
    steps.forEach(step -> perform(simulation, step));
    simulation.drain();
    int posted = simulation.posted().size();

    simulation.forgetOffsets();
    simulation.drain();

    simulation.check();
    assertThat(simulation.posted()).hasSize(posted);
  }

  private static void perform(Simulation simulation, Step step) {
    if (step instanceof Step.Act act) {
      simulation.act(act.what(), act.where());
    } else if (step instanceof Step.Consume consume) {
      simulation.consume(consume.events());
    } else if (step instanceof Step.Pass pass) {
      simulation.pass(Duration.ofSeconds(pass.seconds()));
    } else if (step instanceof Step.MakeDurable) {
      simulation.makeDurable();
    } else if (step instanceof Step.Work work) {
      simulation.work(work.crash(), work.somethingToRemember());
    } else if (step instanceof Step.Hang hang) {
      simulation.hang(hang.lane());
    } else if (step instanceof Step.GoOn) {
      simulation.goOn();
    } else if (step instanceof Step.PutOff) {
      simulation.putOff();
    } else if (step instanceof Step.Die) {
      simulation.crash();
    } else if (step instanceof Step.Redeliver redeliver) {
      simulation.redeliver(redeliver.events());
    } else if (step instanceof Step.Replay replay) {
      simulation.replay(replay.which());
    } else if (step instanceof Step.Forget forget) {
      simulation.forgetAny(forget.which());
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Step> act =
        Combinators.combine(
                Arbitraries.integers().between(0, 999), Arbitraries.integers().between(0, 30))
            .as(Step.Act::new);
    Arbitrary<Step> work =
        Combinators.combine(Arbitraries.of(Crash.class), Arbitraries.of(true, true, true, false))
            .as(Step.Work::new);
    Arbitrary<Step> calmWork =
        Arbitraries.of(true, true, true, false).map(some -> new Step.Work(Crash.NEVER, some));
    return Arbitraries.frequencyOf(
            Tuple.of(10, act),
            Tuple.of(5, Arbitraries.integers().between(1, 9).map(Step.Consume::new)),
            Tuple.of(5, Arbitraries.of(1, 6, 70, 100, 700).map(Step.Pass::new)),
            Tuple.of(3, Arbitraries.just(new Step.MakeDurable())),
            Tuple.of(5, calmWork),
            Tuple.of(2, work),
            Tuple.of(2, Arbitraries.of(Lane.class).map(Step.Hang::new)),
            Tuple.of(1, Arbitraries.just(new Step.GoOn())),
            Tuple.of(1, Arbitraries.just(new Step.PutOff())),
            Tuple.of(1, Arbitraries.integers().between(0, 30).map(Step.Replay::new)),
            Tuple.of(1, Arbitraries.integers().between(0, 60).map(Step.Forget::new)),
            Tuple.of(1, Arbitraries.just(new Step.Die())),
            Tuple.of(1, Arbitraries.integers().between(1, 5).map(Step.Redeliver::new)))
        .list()
        .ofMinSize(5)
        .ofMaxSize(80);
  }
}
