package dev.tavernmem0.writer.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.curation.Pinned;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.common.ledger.Merge.Change;
import dev.tavernmem0.writer.curation.ScopeDecisions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the ledger says, and what mem0 has. */
class ComparisonTest {
  private static final Scope SCOPE = new Scope("default-user", "Seraphina");

  private final List<LedgerEntry> ledger = new ArrayList<>();
  private final List<StoredMemory> mem0 = new ArrayList<>();
  private final List<Curation> decisions = new ArrayList<>();

  /** The ledger has a batch of one turn of its own name, told by these memories. */
  private void batch(String id, Fate fate, String... memoryIds) {
    batch(id, fate, List.of(), memoryIds);
  }

  private void batch(String id, Fate fate, List<Merge> merges, String... memoryIds) {
    ledger.add(
        new LedgerEntry(
                id,
                0,
                "chat",
                "chat.jsonl",
                SCOPE,
                List.of(),
                fate,
                null,
                List.of(new LedgerTurn("turn-of-" + id, null, "says-" + id, "hash", 5, false)),
                List.of(),
                1,
                1000)
            .holding(Arrays.asList(memoryIds), merges));
  }

  /** mem0 has a memory that bears the id of this batch, and its turn's. */
  private void memory(String id, @Nullable String batchId, String text) {
    List<String> turns = batchId == null ? List.of() : List.of("turn-of-" + batchId);
    mem0.add(new StoredMemory(id, text, batchId, turns));
  }

  private void memory(String id, @Nullable String batchId) {
    memory(id, batchId, "text of " + id);
  }

  private Comparison compared() {
    return Comparison.of(ledger, mem0, ScopeDecisions.of(decisions));
  }

  private void assertNothingFound() {
    Comparison compared = compared();
    assertThat(compared.unlisted()).isEmpty();
    assertThat(compared.replaced()).isEmpty();
    assertThat(compared.leftOver()).isEmpty();
    assertThat(compared.suspects()).isEmpty();
    assertThat(compared.adoptions()).isEmpty();
    assertThat(compared.strangers()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"WRITTEN", "HELD"})
  void what_mem0_holds_and_the_ledger_says_is_no_finding(Fate fate) {
    batch("one", fate, "m1", "m2");
    memory("m1", "one");
    memory("m2", "one");

    assertNothingFound();
  }

  @Test
  void a_memory_that_is_not_listed_is_to_be_looked_up() {
    batch("one", Fate.WRITTEN, "m1", "m2");
    memory("m2", "one");

    assertThat(compared().unlisted()).containsExactly(Map.entry("m1", Set.of("one")));
  }

  @Test
  void what_tells_two_batches_is_missed_by_both() {
    batch("coffee", Fate.WRITTEN, "m1");
    batch("tea", Fate.WRITTEN, List.of(new Merge("m1", Change.UPDATE)), "m1");

    assertThat(compared().unlisted()).containsExactly(Map.entry("m1", Set.of("coffee", "tea")));
  }

  @Test
  void what_mem0_had_found_to_say_it_already_is_missed_by_the_batch_that_says_it_too() {
    batch("coffee", Fate.WRITTEN, "m1");
    batch("coffee again", Fate.EMPTY, List.of(new Merge("m1", Change.KEEP)));

    assertThat(compared().unlisted())
        .containsExactly(Map.entry("m1", Set.of("coffee", "coffee again")));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"RETRACTED", "DEAD"})
  void what_mem0_had_found_to_say_it_already_stays_when_its_own_batch_is_not_to_be_held(Fate fate) {
    batch("late", fate);
    batch("again", Fate.EMPTY, List.of(new Merge("m1", Change.KEEP)));
    memory("m1", "late");

    assertNothingFound();
  }

  @Test
  void what_mem0_had_found_to_say_it_already_stays_though_it_was_stored_twice() {
    batch("one", Fate.WRITTEN, "m1");
    batch("again", Fate.EMPTY, List.of(new Merge("m2", Change.KEEP)));
    memory("m1", "one", "Alex likes tea");
    memory("m2", "one", "Alex likes tea");

    assertThat(compared().leftOver()).isEmpty();
    assertThat(compared().adoptions()).containsExactly(new Adoption("one", "m2", false));
  }

  @Test
  void what_a_batch_that_is_taken_back_had_found_to_say_it_already_protects_nothing() {
    batch("late", Fate.RETRACTED);
    batch("again", Fate.RETRACTED, List.of(new Merge("m1", Change.KEEP)));
    memory("m1", "late");

    assertThat(compared().leftOver()).containsExactly("m1");
  }

  @Test
  void of_a_batch_on_hold_nothing_is_missed_until_its_operator_keeps_it() {
    batch("one", Fate.HELD, "m1", "m2");
    batch("two", Fate.RETRACTED);
    memory("m2", "two");

    assertNothingFound();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"RETRACTED", "RETRACTING", "PENDING", "DEAD", "SKIPPED", "SAID", "UNKNOWN"})
  void of_a_batch_that_mem0_is_not_to_hold_nothing_is_missed(Fate fate) {
    batch("one", fate, "m1");

    assertNothingFound();
  }

  @Test
  void what_mem0_deleted_for_a_later_batch_is_not_missed() {
    batch("coffee", Fate.WRITTEN, "m1");
    batch("tea", Fate.EMPTY, List.of(new Merge("m1", Change.DELETE)));

    assertNothingFound();
  }

  @Test
  void what_mem0_deleted_for_a_batch_that_was_taken_back_is_missed() {
    batch("coffee", Fate.WRITTEN, "m1");
    batch("tea", Fate.RETRACTED, List.of(new Merge("m1", Change.DELETE)));

    assertThat(compared().unlisted()).containsOnlyKeys("m1");
  }

  @Test
  void what_mem0_changed_for_a_later_batch_is_both_batches() {
    batch("coffee", Fate.WRITTEN, "m1");
    batch("tea", Fate.WRITTEN, List.of(new Merge("m1", Change.UPDATE)), "m1");
    memory("m1", "tea");

    assertNothingFound();
  }

  @Test
  void what_mem0_changed_for_a_later_batch_without_saying_so_is_learned_as_merged() {
    batch("coffee", Fate.WRITTEN, "m1");
    batch("tea", Fate.WRITTEN, "m2");
    memory("m1", "tea");
    memory("m2", "tea");

    assertThat(compared().adoptions()).containsExactly(new Adoption("tea", "m1", true));
    assertThat(compared().leftOver()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"RETRACTED", "DEAD"})
  void what_is_left_of_a_batch_that_mem0_is_not_to_hold_is_to_go(Fate fate) {
    batch("one", fate);
    memory("m1", "one");

    assertThat(compared().leftOver()).containsExactly("m1");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"PENDING", "RETRACTING", "UNKNOWN"})
  void what_is_being_done_is_left_alone(Fate fate) {
    batch("one", fate);
    memory("m1", "one");

    assertNothingFound();
  }

  @Test
  void what_was_stored_late_beside_its_own_repetition_is_to_go() {
    batch("one", Fate.WRITTEN, "m1");
    memory("m1", "one", "Alex likes tea");
    memory("m2", "one", "Alex likes tea");

    assertThat(compared().leftOver()).containsExactly("m2");
    assertThat(compared().adoptions()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"WRITTEN", "EMPTY", "HELD"})
  void what_was_stored_late_and_says_something_else_is_learned(Fate fate) {
    String[] known = fate == Fate.EMPTY ? new String[0] : new String[] {"m1"};
    batch("one", fate, known);
    memory("m1", fate == Fate.EMPTY ? null : "one", "Alex lives in Prague");
    memory("m2", "one", "Alex likes tea");

    assertThat(compared().adoptions()).containsExactly(new Adoption("one", "m2", false));
    assertThat(compared().leftOver()).isEmpty();
  }

  @Test
  void of_a_batch_that_the_ledger_has_forgotten_since_its_turns_are_in_others_all_is_to_go() {
    batch("second", Fate.WRITTEN, "m2");
    mem0.add(new StoredMemory("m1", "old", "first", List.of("turn-of-second")));
    memory("m2", "second");

    assertThat(compared().suspects()).containsExactly("m1");
    assertThat(compared().leftOver()).as("until it is found so again").isEmpty();
    assertThat(compared().strangers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2, 3, 3",
    "2, 4, 0",
    "15, 3, 3",
    "16, 4, 4",
    "16, 5, 0",
    "100, 25, 25",
    "100, 100, 0"
  })
  void so_many_of_them_are_another_installations_of_the_same_chats(
      int told, int ofUnknownBatches, int toGo) {
    for (int i = 0; i < told; i++) {
      batch("b" + i, Fate.WRITTEN, "m" + i);
      memory("m" + i, "b" + i);
    }
    for (int i = 0; i < ofUnknownBatches; i++) {
      mem0.add(new StoredMemory("o" + i, "of another", "a" + i, List.of("turn-of-b0")));
    }

    assertThat(compared().suspects()).hasSize(toGo);
    assertThat(compared().strangers()).hasSize(ofUnknownBatches - toGo);
  }

  @ParameterizedTest
  @CsvSource({"''", "turn-of-another", "'turn-of-second,turn-of-another'"})
  void of_a_batch_with_turns_that_the_ledger_does_not_know_all_stays(String turns) {
    batch("second", Fate.WRITTEN, "m2");
    List<String> ids = turns.isEmpty() ? List.of() : Arrays.asList(turns.split(","));
    mem0.add(new StoredMemory("m1", "of another installation", "first", ids));
    memory("m2", "second");

    assertThat(compared().strangers()).containsExactly("m1");
    assertThat(compared().suspects()).isEmpty();
    assertThat(compared().leftOver()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Change.class,
      names = {"KEEP", "UPDATE"})
  void anothers_memory_in_which_mem0_found_or_put_what_a_batch_says_is_no_stranger(Change change) {
    String[] told = change == Change.UPDATE ? new String[] {"m1", "m2"} : new String[] {"m2"};
    batch("ours", Fate.WRITTEN, List.of(new Merge("m1", change)), told);
    memory("m2", "ours");
    mem0.add(new StoredMemory("m1", "of both", "another", List.of("turn-of-another")));

    assertNothingFound();
  }

  @Test
  void a_memory_that_says_what_a_retracted_batch_said_is_missed_by_the_batch_it_was_of() {
    batch("coffee", Fate.WRITTEN, "m1");
    batch("tea", Fate.RETRACTED);
    memory("m1", "tea");

    assertThat(compared().replaced()).containsExactly(Map.entry("m1", Set.of("coffee")));
    assertThat(compared().leftOver()).as("until that batch is taken back").isEmpty();
    assertThat(compared().unlisted()).isEmpty();
  }

  @Test
  void what_bears_no_batchs_id_is_not_ours() {
    memory("m1", null);

    assertNothingFound();
  }

  @Test
  void what_its_user_has_forgotten_is_not_missed_and_is_to_go_if_it_is_there() {
    batch("one", Fate.WRITTEN, "m1", "m2");
    memory("m2", "one", "Alex has to go");
    decisions.add(new Forgotten(SCOPE, "m1", "gone", null, List.of(), List.of(), 1));
    decisions.add(new Forgotten(SCOPE, "m2", "Alex has to go", null, List.of(), List.of(), 1));

    assertThat(compared().unlisted()).isEmpty();
    assertThat(compared().leftOver()).containsExactly("m2");
  }

  @Test
  void what_mem0_has_put_into_a_forgotten_memory_that_it_did_not_delete_stays() {
    batch("one", Fate.WRITTEN, "m1");
    batch("two", Fate.WRITTEN, List.of(new Merge("m1", Change.UPDATE)), "m1");
    memory("m1", "two", "Alex drinks green tea");
    decisions.add(
        new Forgotten(SCOPE, "m1", "Alex lives in Prague", null, List.of(), List.of(), 1));

    assertNothingFound();
  }

  @Test
  void what_its_user_keeps_stays_though_its_batch_was_taken_back() {
    batch("one", Fate.RETRACTED);
    memory("m1", "one");
    decisions.add(new Pinned(SCOPE, "m1", "text of m1", null, List.of(), List.of(), 1));

    assertNothingFound();
  }

  @Test
  void of_two_alike_the_one_that_its_user_keeps_is_learned() {
    batch("one", Fate.WRITTEN, "m1");
    memory("m1", "one", "Alex likes tea");
    memory("m2", "one", "Alex likes tea");
    decisions.add(new Pinned(SCOPE, "m2", "Alex likes tea", null, List.of(), List.of(), 1));

    assertThat(compared().leftOver()).isEmpty();
    assertThat(compared().adoptions()).containsExactly(new Adoption("one", "m2", false));
  }
}
