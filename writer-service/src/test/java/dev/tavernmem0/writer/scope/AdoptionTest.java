package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.common.ledger.Merge.Change;
import dev.tavernmem0.writer.sweep.Adoption;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the ledger learns of memories that mem0 was found to hold. */
class AdoptionTest {
  private static final Instant NOW = Instant.ofEpochSecond(50);

  private final ScopeState scope =
      new ScopeState(
          Simulation.SCOPE, Simulation.RULES, () -> Simulation.MOST_TOKENS, Simulation.ELIGIBILITY);

  private void ledger(LedgerEntry... entries) {
    for (LedgerEntry entry : entries) {
      scope.restore(entry);
    }
    scope.restored(NOW);
  }

  private List<Effect> adopt(String batchId, String memoryId, boolean merged) {
    return scope.adopt(List.of(new Adoption(batchId, memoryId, merged)), NOW);
  }

  private LedgerEntry batch() {
    return scope.batch("b").orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"WRITTEN", "HELD"})
  void a_batch_is_told_by_the_memory_too_and_stays_what_it_is(Fate fate) {
    ledger(Ledgers.entry("b", fate, 0, Ledgers.turn("t")));

    List<Effect> effects = adopt("b", "late", false);

    assertThat(batch().memoryIds()).containsExactly("memory-of-b", "late");
    assertThat(batch().merges()).isEmpty();
    assertThat(batch().fate()).isEqualTo(fate);
    assertThat(batch().tsMs()).isEqualTo(NOW.toEpochMilli());
    assertThat(effects).containsExactly(new Effect.Append(batch(), List.of()));
  }

  @Test
  void a_batch_in_which_mem0_found_nothing_was_written_after_all() {
    ledger(Ledgers.entry("b", Fate.EMPTY, 0, Ledgers.turn("t")));

    adopt("b", "late", false);

    assertThat(batch().fate()).isEqualTo(Fate.WRITTEN);
    assertThat(batch().reason()).isNull();
    assertThat(batch().memoryIds()).containsExactly("late");
  }

  @Test
  void what_was_another_batchs_is_known_as_merged_and_goes_with_both() {
    ledger(
        Ledgers.entry("a", Fate.WRITTEN, 0, Ledgers.turn("s")),
        Ledgers.entry("b", Fate.WRITTEN, 0, Ledgers.turn("t")));

    adopt("b", "memory-of-a", true);

    assertThat(batch().merges()).containsExactly(new Merge("memory-of-a", Change.UPDATE));
    scope.requeue(scope.batch("a").orElseThrow(), Lane.LIVE, NOW);
    scope.tick(NOW, true);
    Task first = Objects.requireNonNull(scope.next(Lane.LIVE, NOW, true));
    assertThat(first).isInstanceOf(Task.Retract.class);
    assertThat(first.entry().batchId()).isEqualTo("a");
    assertThat(first.entry().reason()).isEqualTo("merged");
    scope.completed(first.entry(), NOW);
    Task second = Objects.requireNonNull(scope.next(Lane.LIVE, NOW, true));
    assertThat(second.entry().batchId()).isEqualTo("b");
  }

  @Test
  void a_batch_that_shares_nothing_is_taken_back_alone_because_it_was_asked_for() {
    ledger(Ledgers.entry("b", Fate.WRITTEN, 0, Ledgers.turn("t")));

    scope.requeue(batch(), Lane.LIVE, NOW);
    scope.tick(NOW, true);

    Task task = Objects.requireNonNull(scope.next(Lane.LIVE, NOW, true));
    assertThat(task.entry().reason()).isEqualTo("requeued");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"RETRACTED", "DEAD", "SKIPPED", "SAID"})
  void nothing_is_learned_of_a_batch_that_mem0_is_not_to_hold(Fate fate) {
    LedgerEntry before = Ledgers.entry("b", fate, 0, Ledgers.turn("t"));
    ledger(before);

    assertThat(adopt("b", "late", false)).isEmpty();

    assertThat(scope.batch("b")).map(LedgerEntry::memoryIds).hasValue(List.of());
  }

  @Test
  void nothing_is_learned_of_a_batch_that_is_unknown_or_being_taken_back() {
    ledger(Ledgers.entry("b", Fate.WRITTEN, 0, Ledgers.turn("t")));
    assertThat(adopt("unknown", "late", false)).isEmpty();

    scope.requeue(batch(), Lane.LIVE, NOW);
    scope.tick(NOW, true);

    assertThat(adopt("b", "late", false)).isEmpty();
    assertThat(batch().memoryIds()).containsExactly("memory-of-b");
  }

  @Test
  void what_mem0_holds_of_an_empty_batch_is_taken_back_if_one_of_its_turns_is_gone() {
    ledger(Ledgers.entry("b", Fate.EMPTY, 0, Ledgers.turn("t").goneAt(7)));

    adopt("b", "late", false);

    assertThat(batch().inDoubt()).isTrue();
    Task task = Objects.requireNonNull(scope.next(Lane.LIVE, NOW, true));
    assertThat(task).isInstanceOf(Task.Retract.class);
    assertThat(task.entry().memoryIds()).containsExactly("late");
  }
}
