package dev.tavernmem0.writer.scope;

import static dev.tavernmem0.writer.scope.Turns.TEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.UtteranceKeys;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.writer.ChatLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Which events are news, and when their offsets are done with. */
class FoldTest {
  private final List<TurnEvent> log = new ArrayList<>();
  private final ChatLog chat = new ChatLog("chat", "Seraphina", log::add).at(TEN);
  private final ScopeState scope =
      new ScopeState(
          Simulation.SCOPE, Simulation.RULES, () -> Simulation.MOST_TOKENS, Simulation.ELIGIBILITY);

  private List<Effect> fold(int event, long offset) {
    return scope.fold(log.get(event), offset, TEN);
  }

  private static Effect close(long offset) {
    return new Effect.Close(List.of(offset));
  }

  @Test
  void an_event_of_a_kind_that_this_writer_does_not_know_is_passed_over() {
    chat.user("Tea?");
    TurnEvent known = log.get(0);
    TurnEvent unknown =
        new TurnEvent(
            Op.UNKNOWN, known.before(), known.after(), known.source(), known.eventId(), 1);

    assertThat(scope.fold(unknown, 0, TEN)).containsExactly(close(0));
    assertThat(scope.fates()).isEmpty();
  }

  @Test
  void an_event_stays_open_until_its_turn_is_recorded() {
    chat.user("Tea?");

    assertThat(fold(0, 0)).isEmpty();
  }

  @Test
  void a_turn_that_is_not_worth_a_memory_is_recorded_at_once() {
    chat.user(" ");

    List<Effect> effects = fold(0, 0);

    assertThat(effects).hasSize(1);
    assertThat(effects.get(0)).isInstanceOf(Effect.Append.class);
    assertThat(effects.get(0).closes()).containsExactly(0L);
    assertThat(scope.active()).isFalse();
  }

  @Test
  void a_redelivered_event_replaces_the_first_one() {
    chat.user("Tea?");
    fold(0, 0);

    assertThat(fold(0, 1)).containsExactly(close(0));
    assertThat(scope.waiting().live()).isEqualTo(1);
  }

  @Test
  void the_deletion_of_a_turn_that_was_never_written_is_done_with_at_once() {
    chat.user("Tea?");
    chat.delete(0);
    fold(0, 0);

    assertThat(fold(1, 1)).containsExactly(new Effect.Close(List.of(0L, 1L)));
    assertThat(fold(1, 2)).as("deleted again").containsExactly(close(2));
  }

  @Test
  void what_the_ledger_has_a_later_version_of_is_old_news() {
    chat.user("Tea?");
    String turnId = log.get(0).turnId();
    LedgerTurn later = new LedgerTurn(turnId, null, "other words", "hash", 7, false);
    scope.restore(Ledgers.entry("one", Fate.WRITTEN, 0, later));
    scope.restored(TEN);

    assertThat(fold(0, 3)).containsExactly(close(3));
    assertThat(fold(0, 7)).containsExactly(close(7));
    assertThat(scope.active()).isFalse();
  }

  @Test
  void so_is_what_came_before_the_turn_was_gone() {
    chat.user("Tea?");
    LedgerTurn gone = new LedgerTurn(log.get(0).turnId(), null, "words", "hash", 7, true);
    scope.restore(Ledgers.entry("one", Fate.RETRACTED, 0, gone));
    scope.restored(TEN);

    assertThat(fold(0, 3)).containsExactly(close(3));
    assertThat(scope.fates()).allMatch(TurnFate::gone);
    assertThat(fold(0, 8)).as("said again after that").isEmpty();
    assertThat(scope.fates()).noneMatch(TurnFate::gone);
  }

  @Test
  void what_another_turn_said_before_the_words_were_gone_does_not_bring_them_back() {
    chat.user("Tea?");
    chat.delete(0);
    String words = UtteranceKeys.of(Objects.requireNonNull(log.get(0).after()));
    LedgerTurn gone = new LedgerTurn("another turn", null, words, "hash", 9, true);
    LedgerEntry held = Ledgers.entry("one", Fate.HELD, 0, gone);
    scope.restore(held);
    scope.restored(TEN);

    fold(0, 5);
    assertThat(scope.heldBatches()).containsExactly(held);
    fold(1, 6);
    assertThat(scope.heldBatches()).containsExactly(held);
    assertThat(scope.active()).isFalse();
  }

  @Test
  void what_another_turn_says_after_the_words_were_gone_brings_them_back() {
    chat.user("Tea?");
    TurnEvent said = log.get(0);
    String words = UtteranceKeys.of(Objects.requireNonNull(said.after()));
    LedgerTurn gone = new LedgerTurn("another turn", null, words, "hash", 9, true);
    scope.restore(Ledgers.entry("one", Fate.HELD, 0, gone));
    scope.restored(TEN);

    List<Effect> effects = fold(0, 10);

    assertThat(scope.heldBatches()).isEmpty();
    assertThat(effects).hasSize(1);
    LedgerEntry entry = ((Effect.Append) effects.get(0)).entry();
    assertThat(entry.fate()).isEqualTo(Fate.WRITTEN);
    assertThat(entry.reason()).isNull();
    assertThat(entry.turns()).extracting(LedgerTurn::turnId).containsExactly(said.turnId());
    assertThat(effects.get(0).closes()).containsExactly(10L);
  }

  // --- Snapshots

  private void read(int turns) {
    for (int i = 0; i < turns; i++) {
      chat.loseEventsOf(() -> chat.user("I say this, too."));
    }
    chat.read();
  }

  @Test
  void the_first_event_of_a_snapshot_stays_open_until_all_of_it_is_read() {
    read(3);

    assertThat(fold(0, 0)).containsExactly(new Effect.Owe(0));
    assertThat(fold(1, 1)).isEmpty();
    assertThat(fold(2, 2)).containsExactly(close(0));
  }

  @Test
  void a_snapshot_of_one_event_is_complete_with_it() {
    read(1);

    assertThat(fold(0, 0)).containsExactly(new Effect.Owe(0), close(0));
  }

  @Test
  void a_snapshot_that_is_cut_by_another_is_done_with() {
    read(2);
    fold(0, 0);

    assertThat(fold(0, 1)).contains(new Effect.Owe(1), new Effect.Close(List.of(0L, 0L)));
  }

  @Test
  void a_snapshot_that_is_cut_by_something_that_is_said_is_done_with_too() {
    read(2);
    chat.user("Tea?");
    fold(0, 0);

    assertThat(fold(2, 1)).containsExactly(close(0));
    assertThat(fold(1, 2)).as("its rest says nothing of what is gone").isEmpty();
  }

  // --- Times

  private Instant changed(int event, Instant now) {
    return Chat.changedAt(log.get(event), now);
  }

  @Test
  void what_is_said_now_changed_when_the_watcher_saw_it_and_never_in_the_future() {
    chat.user("Tea?");
    TurnEvent event = log.get(0);

    assertThat(changed(0, TEN.plusSeconds(60)))
        .isEqualTo(Instant.ofEpochMilli(event.source().tsMs()));
    assertThat(changed(0, TEN.minusSeconds(60))).isEqualTo(TEN.minusSeconds(60));
  }

  @Test
  void what_a_snapshot_reads_changed_when_it_was_said() {
    chat.loseEventsOf(() -> chat.user("Tea?"));
    chat.at(TEN.plusSeconds(1000)).read();

    assertThat(changed(0, TEN.plusSeconds(2000))).isEqualTo(TEN);
  }
}
