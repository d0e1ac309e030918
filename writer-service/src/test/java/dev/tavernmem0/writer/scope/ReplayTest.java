package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.Merge.Change;
import dev.tavernmem0.writer.ChatLog;
import dev.tavernmem0.writer.scope.Simulation.Crash;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a replay has written again waits behind what is said now, and is of its own lane. */
class ReplayTest {
  private final Simulation scope = new Simulation();
  private final ChatLog chat = scope.chat();

  private LedgerEntry theBatch() {
    return scope.writer().entries().stream()
        .filter(entry -> entry.fate() == Fate.WRITTEN)
        .findFirst()
        .orElseThrow();
  }

  private Task next(Lane lane) {
    scope.writer().tick(scope.now(), true);
    return scope.writer().next(lane, scope.now(), true);
  }

  @Test
  void nothing_of_it_is_of_the_lane_of_what_is_said_now() {
    chat.user("One.");
    scope.anHour();

    scope.writer().requeue(theBatch(), Lane.BACKLOG, scope.now());
    assertThat(next(Lane.LIVE)).isNull();
    assertThat(scope.writer().isBusy(theBatch().batchId())).isTrue();
    assertThat(scope.work(Crash.NEVER, true)).as("taken back").isTrue();
    assertThat(next(Lane.LIVE)).isNull();
    assertThat(scope.writer().waiting().backlog()).isEqualTo(1);
    assertThat(scope.writer().waiting().live()).isZero();
    assertThat(scope.work(Crash.NEVER, true)).as("written again").isTrue();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: One.");
    assertThat(scope.posted()).hasSize(2);
    scope.makeDurable();
    scope.check();
  }

  @Test
  void what_is_said_now_goes_first() {
    chat.user("One.");
    scope.anHour();
    scope.writer().requeue(theBatch(), Lane.BACKLOG, scope.now());
    scope.chat("other").user("Two.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));

    scope.work(Crash.NEVER, true);
    assertThat(scope.postedTexts().toString()).isEqualTo("[[One.], [Two.]]");
    scope.anHour();

    assertThat(scope.postedTexts().toString()).isEqualTo("[[One.], [Two.], [One.]]");
    scope.check();
  }

  @Test
  void what_is_edited_meanwhile_is_of_now() {
    chat.user("One.");
    scope.anHour();
    scope.writer().requeue(theBatch(), Lane.BACKLOG, scope.now());
    scope.chat().edit(0, "Uno.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));

    assertThat(next(Lane.LIVE)).isInstanceOf(Task.Retract.class);
  }

  @Test
  void a_retraction_that_has_made_way_comes_again() {
    chat.user("One.");
    scope.anHour();
    scope.writer().requeue(theBatch(), Lane.BACKLOG, scope.now());
    Task task = next(Lane.BACKLOG);
    assertThat(task).isInstanceOf(Task.Retract.class);

    scope.writer().putOff(task.entry(), scope.now());

    assertThat(scope.rememberedTexts()).containsExactly("Alex: One.");
    scope.anHour();
    assertThat(scope.posted()).hasSize(2);
    scope.check();
  }

  @Test
  void what_mem0_merged_is_of_the_replays_lane_too() {
    chat.user("Tea.");
    scope.anHour();
    scope.nextTime(Change.UPDATE, "Tea.");
    scope.chat().user("Green tea.");
    scope.anHour();

    scope.writer().rewrite(theBatch(), Lane.BACKLOG, scope.now());

    assertThat(scope.writer().takenAlong(theBatch().batchId())).hasSize(1);
    for (int retractions = 0; retractions < 2; retractions++) {
      assertThat(next(Lane.LIVE)).isNull();
      assertThat(scope.work(Crash.NEVER, true)).isTrue();
    }
    assertThat(next(Lane.LIVE)).isNull();
    scope.anHour();
    assertThat(scope.postedTexts().toString())
        .isEqualTo("[[Tea.], [Green tea.], [Tea.], [Green tea.]]");
    scope.check();
  }

  @Test
  void a_rewrite_that_takes_many_along_waits_for_nobody() {
    chat.user("Coffee 0");
    scope.anHour();
    for (int i = 1; i < Simulation.RULES.mostEntangled() + 3; i++) {
      scope.nextTime(Change.UPDATE, "Coffee 0");
      scope.chat().user("Coffee " + i);
      scope.anHour();
    }
    List<String> remembered = scope.rememberedTexts();

    scope.writer().rewrite(theBatch(), Lane.BACKLOG, scope.now());
    scope.anHour();

    assertThat(scope.held()).isZero();
    assertThat(scope.rememberedTexts()).isEqualTo(remembered);
    scope.check();
  }

  @Test
  void what_is_edited_after_it_was_taken_back_is_of_now_with_all_that_was_in_its_batch() {
    chat.user("One.");
    chat.reply("Two.");
    scope.anHour();
    scope.writer().requeue(theBatch(), Lane.BACKLOG, scope.now());
    assertThat(scope.work(Crash.NEVER, true)).as("taken back").isTrue();

    scope.chat().edit(0, "Uno.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));

    assertThat(next(Lane.LIVE)).isInstanceOf(Task.Write.class);
  }

  @Test
  void what_was_never_remembered_and_is_not_to_be_is_not_written_by_a_replay() {
    scope.refuse("Nothing.");
    chat.user("One.");
    chat.reply("Two.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.work(Crash.NEVER, false);
    assertThat(scope.fates()).containsOnly("empty");

    scope.ignore("chat");
    scope.requeue(Fate.EMPTY);
    scope.anHour();

    assertThat(scope.remembered()).isZero();
    assertThat(scope.fates(chat)).containsOnly("skipped chat not to be remembered");
    scope.makeDurable();
    scope.crash();
    scope.anHour();
    assertThat(scope.remembered()).isZero();
    assertThat(scope.writer().active()).isFalse();
  }

  @Test
  void what_was_never_remembered_and_is_hidden_by_now_is_not_written_by_a_replay() {
    chat.user("One.");
    chat.reply("Two.");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.work(Crash.NEVER, false);

    scope.chat().hide(0, true);
    scope.consume(Integer.MAX_VALUE);
    scope.requeue(Fate.EMPTY);
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Seraphina: Two.");
    scope.check();
  }
}
