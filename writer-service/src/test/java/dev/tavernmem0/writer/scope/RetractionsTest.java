package dev.tavernmem0.writer.scope;

import static dev.tavernmem0.writer.scope.Turns.TEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When batches are due to be retracted, and which of them wait for an operator. */
class RetractionsTest {
  private final ScopeLedger ledger = new ScopeLedger();

  /** Grace 5 s, at most 10 min, hold from 4 turns. */
  private final Retractions retractions = new Retractions(Simulation.RULES, ledger);

  private void batch(String id, Fate fate) {
    ledger.put(Ledgers.entry(id, fate, 0, Ledgers.turn("turn-of-" + id)));
  }

  private void unsaid(String batchId, String turn, boolean deleted, boolean chat, int second) {
    LedgerTurn gone = Ledgers.turn(turn).goneAt(9);
    retractions
        .of(batchId, TEN.plusSeconds(second))
        .add(
            new Retraction.Unsaid(
                gone, "chat-of-" + batchId, deleted, null, chat ? "chat deleted" : null),
            TEN.plusSeconds(second));
  }

  private List<String> due(int second, boolean caughtUp, String... inFlight) {
    return retractions.due(TEN.plusSeconds(second), caughtUp, Set.of(inFlight));
  }

  @Test
  void a_batch_is_due_when_nothing_changed_for_the_grace() {
    batch("one", Fate.WRITTEN);
    unsaid("one", "a", false, false, 0);

    assertThat(due(4, true)).isEmpty();
    assertThat(due(5, true)).containsExactly("one");
    assertThat(due(5, false)).as("before the log is read").isEmpty();
  }

  @Test
  void all_of_a_scope_become_due_together() {
    batch("one", Fate.WRITTEN);
    batch("two", Fate.WRITTEN);
    unsaid("one", "a", false, false, 0);
    unsaid("two", "b", false, false, 3);

    assertThat(due(5, true)).as("the second has just changed").isEmpty();
    assertThat(due(8, true)).containsExactly("one", "two");
  }

  @Test
  void a_change_later_on_makes_all_of_them_wait_again() {
    batch("one", Fate.WRITTEN);
    batch("two", Fate.WRITTEN);
    unsaid("two", "b", false, false, 0);
    unsaid("one", "a", false, false, 0);
    unsaid("two", "c", false, false, 4);

    assertThat(due(5, true)).isEmpty();
    assertThat(due(9, true)).hasSize(2);
  }

  @Test
  void none_waits_longer_than_the_longest_age_for_others() {
    batch("one", Fate.WRITTEN);
    batch("two", Fate.WRITTEN);
    unsaid("two", "b", false, false, 0);
    unsaid("one", "a", false, false, 300);
    for (int second = 0; second < 600; second += 4) {
      unsaid("one", "a", false, false, 300 + second);
    }

    assertThat(due(599, false)).isEmpty();
    assertThat(due(600, false)).containsExactly("two", "one");
  }

  @Test
  void what_a_replay_takes_back_neither_keeps_a_change_waiting_nor_hurries_it() {
    batch("replayed", Fate.WRITTEN);
    batch("one", Fate.WRITTEN);
    retractions.of("replayed", TEN, Lane.BACKLOG).requeue();
    unsaid("one", "a", true, false, 700);

    assertThat(due(702, true)).as("others may be deleted with it").containsExactly("replayed");
    retractions.of("replayed later", TEN.plusSeconds(704), Lane.BACKLOG).requeue();
    assertThat(due(705, true)).containsExactly("replayed", "one");
  }

  @Test
  void what_an_operator_confirmed_is_due_at_once() {
    batch("one", Fate.HELD);
    batch("two", Fate.WRITTEN);
    unsaid("two", "b", false, false, 0);
    retractions.of("one", TEN).confirm();

    assertThat(due(0, false)).containsExactly("one");
    assertThat(retractions.confirmed("one")).isTrue();
    assertThat(retractions.confirmed("two")).isFalse();
    assertThat(retractions.confirmed("three")).isFalse();
  }

  @Test
  void not_what_calls_are_under_way_for_or_whose_outcome_is_not_known() {
    batch("open", Fate.PENDING);
    batch("busy", Fate.WRITTEN);
    for (String id : List.of("open", "busy", "unknown")) {
      unsaid(id, "a-" + id, false, false, 0);
    }

    assertThat(due(900, true, "busy")).isEmpty();
    assertThat(due(900, true)).containsExactly("busy");
    assertThat(retractions.contains("open")).isTrue();
    assertThat(retractions.contains("other")).isFalse();
  }

  private Map<String, String> holds(boolean saysNothing) {
    return retractions.holds(List.of("one", "two"), chat -> saysNothing);
  }

  @Test
  void a_single_turn_is_never_on_hold() {
    unsaid("one", "a", true, false, 0);

    assertThat(holds(true)).isEmpty();
  }

  @Test
  void two_are_if_the_chat_has_nothing_else_to_say() {
    unsaid("one", "a", true, false, 0);
    unsaid("one", "b", true, false, 0);

    assertThat(holds(false)).isEmpty();
    assertThat(holds(true)).containsExactly(Map.entry("chat-of-one", "all turns deleted"));
  }

  @Test
  void as_many_as_the_rule_says_are_and_changed_turns_do_not_count() {
    for (String turn : List.of("a", "b", "c")) {
      unsaid("one", turn, true, false, 0);
    }
    unsaid("one", "d", false, false, 0);
    assertThat(holds(false)).isEmpty();

    unsaid("one", "e", true, false, 0);
    assertThat(holds(false)).containsExactly(Map.entry("chat-of-one", "4 turns deleted at once"));
  }

  @Test
  void a_deleted_chat_is_however_short() {
    unsaid("one", "a", true, true, 0);

    assertThat(holds(false)).containsExactly(Map.entry("chat-of-one", "chat deleted"));
  }

  @Test
  void not_what_an_operator_has_confirmed() {
    unsaid("one", "a", true, true, 0);
    retractions.of("one", TEN).confirm();

    assertThat(holds(false)).isEmpty();
  }

  @Test
  void a_retraction_knows_whether_turns_are_gone_or_just_changed() {
    unsaid("one", "a", false, false, 0);
    Retraction retraction = retractions.of("one", TEN);
    assertThat(retraction.hasDeletions()).isFalse();

    unsaid("one", "b", true, false, 0);
    assertThat(retraction.hasDeletions()).isTrue();

    LedgerEntry batch = Ledgers.entry("one", Fate.WRITTEN, 0, Ledgers.turn("b"));
    assertThat(retraction.find(batch.turns().get(0).utterance())).isNotNull();
    assertThat(retraction.saidAgain(batch.turns().get(0).utterance())).isNotNull();
    assertThat(retraction.hasDeletions()).isFalse();
  }
}
