package dev.tavernmem0.writer.scope;

import static dev.tavernmem0.writer.scope.Ledgers.entry;
import static dev.tavernmem0.writer.scope.Turns.TEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.identity.BatchIds;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a writer knows and does whose earlier life ended at this or that entry of the ledger. */
class RestoreTest {
  private final ScopeState scope =
      new ScopeState(
          Simulation.SCOPE, Simulation.RULES, () -> Simulation.MOST_TOKENS, Simulation.ELIGIBILITY);

  private List<Effect> restored(LedgerEntry... entries) {
    for (LedgerEntry entry : entries) {
      scope.restore(entry);
    }
    return scope.restored(TEN);
  }

  private static LedgerTurn turn(String id, String utterance, long offset) {
    return new LedgerTurn(id, null, utterance, "hash", offset, false);
  }

  private static LedgerEntry ofTurn(LedgerTurn turn, Fate fate) {
    return entry(BatchIds.ofTurn(turn.turnId()), fate, 0, turn);
  }

  private @Nullable Task next() {
    return scope.next(Lane.LIVE, TEN.plus(Duration.ofHours(1)), true);
  }

  private Set<String> fates() {
    return scope.fates().stream()
        .map(fate -> fate.turnId() + (fate.gone() ? " gone " : " ") + fate.fate().json())
        .collect(Collectors.toSet());
  }

  @Test
  void what_is_settled_stays_as_it_is() {
    List<Effect> effects =
        restored(
            entry("one", Fate.WRITTEN, 0, turn("a", "A", 1), turn("b", "B", 2)),
            entry("two", Fate.EMPTY, 0, turn("c", "C", 3)),
            entry("three", Fate.DEAD, 0, turn("d", "D", 4)),
            ofTurn(turn("e", "E", 5), Fate.SKIPPED),
            ofTurn(turn("f", "A", 6), Fate.SAID),
            entry("four", Fate.RETRACTED, 0, turn("g", "G", 7).goneAt(8)));

    assertThat(effects).isEmpty();
    assertThat(scope.active()).isFalse();
    assertThat(next()).isNull();
    assertThat(fates())
        .containsExactlyInAnyOrder(
            "a written",
            "b written",
            "c empty",
            "d dead",
            "e skipped",
            "f written",
            "g gone retracted");
    assertThat(scope.entries()).hasSize(6);
    assertThat(scope.chatIds()).containsExactly("chat");
    assertThat(scope.info("chat")).isEqualTo(new ChatInfo("chat.jsonl", List.of()));
    assertThat(scope.info("other")).isNull();
  }

  @Test
  void a_batch_whose_outcome_is_not_known_is_looked_for() {
    LedgerEntry intent = entry("one", Fate.PENDING, 0, turn("a", "A", 1));
    restored(intent);

    assertThat(scope.active()).isTrue();
    assertThat(next()).isEqualTo(new Task.Reconcile(intent));
    assertThat(next()).as("nothing else").isNull();

    assertThat(scope.notStored(intent, TEN)).isEmpty();
    assertThat(next()).as("and written if it is not there").isEqualTo(new Task.Write(intent));
  }

  @Test
  void a_retraction_that_had_begun_goes_on_and_is_no_question_to_an_operator() {
    restored(entry("one", Fate.RETRACTING, 0, turn("a", "A", 1).goneAt(2), turn("b", "B", 3)));

    assertThat(scope.tick(TEN, false)).isEmpty();
    Task task = scope.next(Lane.LIVE, TEN, false);
    assertThat(task).isInstanceOf(Task.Retract.class);
    assertThat(task.entry().turns())
        .containsExactly(turn("a", "A", 1).goneAt(2), turn("b", "B", 3));
  }

  @Test
  void what_a_retracted_batch_still_has_to_say_is_written_again_together_in_its_order() {
    restored(
        entry(
            "one",
            Fate.RETRACTED,
            0,
            turn("b", "B", 2),
            turn("a", "A", 1),
            turn("c", "C", 3).goneAt(4)));

    assertThat(fates()).containsExactlyInAnyOrder("a pending", "b pending", "c gone retracted");
    assertThat(scope.waiting().live()).isEqualTo(2);
    Task task = next();
    assertThat(task).isInstanceOf(Task.Write.class);
    assertThat(task.entry().turns()).containsExactly(turn("b", "B", 2), turn("a", "A", 1));
    assertThat(task.entry().generation()).isEqualTo(1);
  }

  @Test
  void what_of_it_another_batch_holds_by_now_is_not_written_again() {
    List<Effect> effects =
        restored(
            entry("one", Fate.RETRACTED, 0, turn("a", "A", 1), turn("b", "B", 2)),
            entry("two", Fate.WRITTEN, 1, turn("a", "A", 1)));

    assertThat(effects)
        .containsExactly(
            new Effect.Append(entry("one", Fate.RETRACTED, 0, turn("b", "B", 2)), List.of()));
    assertThat(next().entry().turns()).containsExactly(turn("b", "B", 2));
  }

  @Test
  void a_retracted_batch_that_others_have_taken_over_is_forgotten() {
    LedgerEntry retracted = entry("one", Fate.RETRACTED, 0, turn("a", "A", 1));
    List<Effect> effects = restored(retracted, entry("two", Fate.WRITTEN, 1, turn("a", "A", 1)));

    assertThat(effects).containsExactly(new Effect.Forget(retracted.key(), List.of()));
    assertThat(scope.active()).isFalse();
    assertThat(fates()).containsExactly("a written");
  }

  @Test
  void a_turn_is_as_the_entry_with_the_highest_offset_has_it() {
    restored(
        entry("two", Fate.WRITTEN, 0, turn("a", "new words", 7)),
        entry("one", Fate.RETRACTED, 0, turn("a", "old words", 3).goneAt(3)));

    assertThat(fates()).containsExactly("a written");
    assertThat(scope.active()).isFalse();
  }

  @Test
  void a_turn_that_says_something_else_by_now_has_its_old_batch_retracted() {
    restored(
        entry("one", Fate.WRITTEN, 0, turn("a", "old words", 3), turn("b", "B", 4)),
        ofTurn(turn("a", "new words", 7), Fate.SKIPPED));

    assertThat(fates()).containsExactlyInAnyOrder("a skipped", "b written");
    Task task = next();
    assertThat(task).isInstanceOf(Task.Retract.class);
    assertThat(task.entry().batchId()).isEqualTo("one");
    assertThat(task.entry().turns())
        .containsExactly(turn("a", "old words", 3).goneAt(3), turn("b", "B", 4));
  }

  @Test
  void of_entries_with_the_same_offset_a_batch_that_mem0_has_tells_more() {
    restored(
        entry("one", Fate.RETRACTED, 0, turn("a", "A", 3)),
        ofTurn(turn("b", "B", 4), Fate.SKIPPED),
        entry("two", Fate.WRITTEN, 0, turn("b", "B", 4)));

    assertThat(fates()).containsExactlyInAnyOrder("a pending", "b written");
  }

  @Test
  void of_entries_with_the_same_offset_gone_is_gone() {
    restored(
        entry("one", Fate.WRITTEN, 0, turn("a", "A", 3)),
        entry("two", Fate.RETRACTED, 0, turn("a", "old", 3).goneAt(3)));

    assertThat(fates()).containsExactly("a gone retracted");
  }

  @Test
  void what_was_only_said_by_the_ledger_and_is_in_no_batch_waits_to_be_written() {
    restored(ofTurn(turn("a", "A", 3), Fate.SAID));

    assertThat(fates()).containsExactly("a pending");
    assertThat(scope.waiting()).isEqualTo(new Waiting(1, 0, TEN, null));
    assertThat(next().entry().turns()).containsExactly(turn("a", "A", 3));
  }

  @Test
  void an_entry_of_a_turn_goes_if_its_writer_died_before_it_could_remove_it() {
    LedgerEntry hidden = ofTurn(turn("a", "A", 3), Fate.SKIPPED);
    List<Effect> effects = restored(hidden, entry("one", Fate.WRITTEN, 0, turn("a", "A", 4)));

    assertThat(effects).containsExactly(new Effect.Forget(hidden.key(), List.of()));
    assertThat(scope.entries()).hasSize(1);
  }

  @Test
  void not_while_the_batch_may_still_turn_out_not_to_be_stored() {
    LedgerEntry hidden = ofTurn(turn("a", "A", 3), Fate.SKIPPED);

    assertThat(restored(hidden, entry("one", Fate.PENDING, 0, turn("a", "A", 4)))).isEmpty();
  }

  @Test
  void a_removed_entry_is_not_there() {
    scope.restore(entry("one", Fate.WRITTEN, 0, turn("a", "A", 3)));
    scope.restoreRemoval("one");
    scope.restored(TEN);

    assertThat(scope.fates()).isEmpty();
    assertThat(scope.entries()).isEmpty();
  }

  @Test
  void of_a_log_that_is_not_compacted_the_last_entry_of_a_batch_counts_and_its_place_too() {
    LedgerEntry one = entry("one", Fate.WRITTEN, 0, turn("a", "A", 3));
    LedgerEntry two = entry("two", Fate.WRITTEN, 0, turn("b", "B", 4));
    restored(entry("one", Fate.PENDING, 0, turn("a", "A", 3)), two, one);

    assertThat(scope.entries()).containsExactly(two, one);
    assertThat(scope.active()).isFalse();
  }

  @Test
  void what_is_on_hold_waits_for_its_operator() {
    LedgerEntry held = entry("one", Fate.HELD, 0, turn("a", "A", 3).goneAt(5), turn("b", "B", 4));
    restored(held, entry("two", Fate.WRITTEN, 0, turn("c", "C", 6)));

    assertThat(scope.heldBatches()).containsExactly(held);
    assertThat(scope.active()).isFalse();
    scope.confirmHold("another chat", TEN);
    assertThat(scope.active()).isFalse();
    scope.confirmHold("chat", TEN);
    assertThat(scope.active()).isTrue();
    assertThat(next()).isInstanceOf(Task.Retract.class);
  }

  @Test
  void who_keeps_what_is_on_hold_keeps_that_only() {
    LedgerEntry held = entry("one", Fate.HELD, 0, turn("a", "A", 3).goneAt(5));
    restored(held);

    assertThat(scope.discardHold("another chat", TEN)).isEmpty();
    List<Effect> effects = scope.discardHold("chat", TEN);
    assertThat(effects)
        .containsExactly(
            new Effect.Append(
                held.become(Fate.WRITTEN, "kept by an operator", held.turns(), TEN.toEpochMilli()),
                List.of()));
    assertThat(scope.heldBatches()).isEmpty();
  }

  @Test
  void nothing_is_kept_whose_deletion_has_begun() {
    restored(entry("one", Fate.HELD, 0, turn("a", "A", 3).goneAt(5)));
    scope.confirmHold("chat", TEN);

    assertThat(scope.discardHold("chat", TEN)).isEmpty();
  }
}
