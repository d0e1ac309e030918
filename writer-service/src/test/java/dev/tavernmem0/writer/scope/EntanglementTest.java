package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.common.ledger.Merge.Change;
import dev.tavernmem0.writer.ChatLog;
import dev.tavernmem0.writer.scope.Simulation.Crash;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of batches that mem0 has merged, as 1.x does, when one of them is taken back. */
class EntanglementTest {
  private final Simulation scope = new Simulation();
  private final ChatLog chat = scope.chat();

  private void said(ChatLog where, String text) {
    scope.chat(where.chatId()).user(text);
    scope.anHour();
  }

  /** First black coffee, then green tea, for which mem0 does this to the memory of the coffee. */
  private void coffee_then_tea(Change change) {
    said(chat, "Black coffee!");
    scope.nextTime(change, "Black coffee!");
    said(scope.chat("other"), "Green tea!");
  }

  @Test
  void what_a_later_batch_says_in_an_edited_ones_memory_is_written_again_behind_it() {
    coffee_then_tea(Change.UPDATE);
    assertThat(scope.rememberedTexts()).containsExactly("Alex: Black coffee!", "Alex: Green tea!");
    assertThat(scope.remembered()).isEqualTo(1);

    scope.chat().edit(0, "Espresso!");
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Espresso!", "Alex: Green tea!");
    assertThat(scope.postedTexts().toString())
        .isEqualTo("[[Black coffee!], [Green tea!], [Espresso!], [Green tea!]]");
    scope.check();
  }

  @Test
  void what_a_deleted_turn_was_merged_with_stays() {
    coffee_then_tea(Change.UPDATE);

    scope.chat().delete(0);
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Green tea!");
    assertThat(scope.entries())
        .containsExactly("retracted (deleted), Black coffee! [gone]", "written, Green tea!");
    scope.check();
  }

  @Test
  void what_a_deleted_turn_had_changed_is_written_again() {
    coffee_then_tea(Change.UPDATE);

    scope.chat("other").delete(0);
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Black coffee!");
    scope.check();
  }

  @Test
  void what_a_deleted_turn_had_deleted_is_written_again() {
    coffee_then_tea(Change.DELETE);
    assertThat(scope.rememberedTexts()).containsExactly("Alex: Green tea!");

    scope.chat("other").delete(0);
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Black coffee!");
    scope.check();
  }

  @Test
  void what_a_later_turn_had_deleted_goes_with_what_it_says_when_it_is_edited_itself() {
    coffee_then_tea(Change.DELETE);

    scope.chat().edit(0, "Espresso!");
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Espresso!", "Alex: Green tea!");
    scope.check();
  }

  @Test
  void a_fact_that_was_told_twice_stays_when_the_memory_that_told_it_goes() {
    coffee_then_tea(Change.KEEP);
    assertThat(scope.rememberedTexts()).containsExactly("Alex: Black coffee!");

    scope.chat().delete(0);
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Green tea!");
    scope.check();
  }

  @Test
  void what_only_found_its_fact_told_already_takes_nothing_along() {
    coffee_then_tea(Change.KEEP);

    scope.chat("other").delete(0);
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Black coffee!");
    assertThat(scope.posted()).hasSize(2);
    scope.check();
  }

  @Test
  void batches_that_share_nothing_stay_as_they_are() {
    coffee_then_tea(Change.UPDATE);
    said(chat, "A cat.");

    scope.chat().edit(0, "Espresso!");
    scope.anHour();

    assertThat(scope.postedTexts().toString())
        .isEqualTo("[[Black coffee!], [Green tea!], [A cat.], [Espresso!], [Green tea!]]");
    scope.check();
  }

  @Test
  void a_chain_of_merges_is_taken_back_as_a_whole_and_written_again_oldest_first() {
    coffee_then_tea(Change.UPDATE);
    scope.nextTime(Change.DELETE, "Green tea!");
    said(chat, "Water!");
    assertThat(scope.rememberedTexts()).containsExactly("Alex: Water!");

    scope.chat().edit(1, "Juice!");
    scope.anHour();

    assertThat(scope.postedTexts().subList(3, 6).toString())
        .isEqualTo("[[Black coffee!], [Green tea!], [Juice!]]");
    scope.check();
  }

  @ParameterizedTest
  @EnumSource(Crash.class)
  void a_writer_that_dies_between_the_retractions_of_merged_batches_goes_on_with_them(Crash crash) {
    coffee_then_tea(Change.UPDATE);
    scope.chat().delete(0);
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(1));
    assertThat(scope.work(Crash.NEVER, true)).as("the first is taken back").isTrue();

    scope.work(crash, true);
    scope.crash();
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Green tea!");
    scope.check();
  }

  @Test
  void what_is_merged_into_a_memory_that_is_just_being_taken_back_is_written_again() {
    said(chat, "Black coffee!");
    scope.chat("other").user("Green tea!");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.nextTime(Change.UPDATE, "Black coffee!");
    scope.work(Crash.BEFORE_OUTCOME, true);

    scope.chat().delete(0);
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Green tea!");
    scope.check();
  }

  @Test
  void what_mem0_merged_into_a_memory_that_went_meanwhile_is_taken_back_when_it_says_so() {
    said(chat, "Black coffee!");
    scope.chat("other").user("Green tea!");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    Task tea = Objects.requireNonNull(scope.writer().next(Lane.LIVE, scope.now(), true));
    scope.chat().delete(0);
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(1));
    assertThat(scope.work(Crash.NEVER, true)).as("the coffee is taken back").isTrue();

    scope
        .writer()
        .completed(
            tea.entry()
                .outcome(Fate.WRITTEN, null, List.of("memory-0"), 1, 0)
                .holding(List.of("memory-0"), List.of(new Merge("memory-0", Merge.Change.UPDATE))),
            scope.now());

    Task next = Objects.requireNonNull(scope.writer().next(Lane.LIVE, scope.now(), true));
    assertThat(next).isInstanceOf(Task.Retract.class);
    assertThat(next.entry().batchId()).isEqualTo(tea.entry().batchId());
    assertThat(next.entry().reason()).isEqualTo("merged");
  }

  @Test
  void the_older_of_two_is_written_again_before_the_younger_is_begun() {
    coffee_then_tea(Change.UPDATE);
    scope.chat().edit(0, "Espresso!");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofMinutes(11));
    scope.work(Crash.NEVER, true);
    assertThat(scope.work(Crash.NEVER, true)).as("both are taken back").isTrue();
    assertThat(scope.entries())
        .containsExactly(
            "retracted (changed), Black coffee! [gone]", "retracted (merged), Green tea!");

    scope.hang(Lane.LIVE);

    assertThat(scope.work(Crash.NEVER, true)).as("the younger").isFalse();
    scope.goOn();
    assertThat(scope.work(Crash.NEVER, true)).as("the younger").isTrue();
    scope.makeDurable();
    assertThat(scope.rememberedTexts()).containsExactly("Alex: Espresso!", "Alex: Green tea!");
    scope.check();
  }

  // --- Too many

  private void twelve_batches_of_one_memory() {
    batches_of_one_memory(12);
  }

  private void batches_of_one_memory(int batches) {
    said(chat, "Coffee 0");
    for (int i = 1; i < batches; i++) {
      scope.nextTime(Change.UPDATE, "Coffee 0");
      said(chat, "Coffee " + i);
    }
    assertThat(scope.remembered()).isEqualTo(1);
    assertThat(scope.posted()).hasSize(batches);
  }

  @ParameterizedTest
  @CsvSource({"10, 0", "11, 1"})
  void ten_together_are_not_too_many(int batches, int holds) {
    batches_of_one_memory(batches);

    scope.chat().edit(3, "Tea");
    scope.anHour();

    assertThat(scope.held()).isEqualTo(holds);
  }

  @Test
  void what_would_have_to_be_written_again_with_too_many_others_waits_for_an_operator() {
    twelve_batches_of_one_memory();

    scope.chat().edit(3, "Tea");
    scope.anHour();

    assertThat(scope.entries())
        .contains(
            "held (mem0 merged it with 11 other batches, which would be written again),"
                + " Coffee 3 [gone]",
            "written, Tea");
    assertThat(scope.posted()).hasSize(13);

    scope.confirmHold();
    scope.anHour();

    assertThat(scope.rememberedTexts()).hasSize(12).doesNotContain("Alex: Coffee 3");
    assertThat(scope.posted()).hasSize(13 + 11);
    scope.check();
  }

  @Test
  void an_operator_may_leave_it_as_it_is() {
    twelve_batches_of_one_memory();
    scope.chat().edit(3, "Tea");
    scope.anHour();

    scope.discardHold();
    scope.anHour();

    assertThat(scope.rememberedTexts()).hasSize(13).contains("Alex: Coffee 3", "Alex: Tea");
    assertThat(scope.posted()).hasSize(13);
  }

  @Test
  void what_is_merged_with_a_batch_on_hold_waits_with_it() {
    for (int i = 0; i < 5; i++) {
      scope.chat().user("Coffee " + i);
    }
    scope.anHour();
    scope.nextTime(Change.UPDATE, "Coffee 0");
    said(scope.chat("other"), "Green tea!");
    for (int i = 0; i < 5; i++) {
      scope.chat().delete(0);
    }
    scope.anHour();
    assertThat(scope.held()).isEqualTo(1);

    scope.chat("other").edit(0, "Water!");
    scope.anHour();

    assertThat(scope.entries())
        .contains("held (mem0 merged it with a batch that is on hold), Green tea! [gone]");

    scope.confirmHold();
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Water!");
    scope.check();
  }

  private LedgerEntry batchThatSays(String text) {
    return scope.writer().entries().stream()
        .filter(entry -> entry.fate() == Fate.WRITTEN && entry.turns().size() == 1)
        .filter(entry -> scope.postedTexts().get(numberOf(entry)).equals(List.of(text)))
        .findFirst()
        .orElseThrow();
  }

  private int numberOf(LedgerEntry entry) {
    return List.copyOf(scope.writer().entries()).indexOf(entry);
  }

  @ParameterizedTest
  @CsvSource({"10, 0", "11, 1"})
  void what_an_operator_has_written_again_waits_too_if_too_many_others_would_be(
      int batches, int holds) {
    batches_of_one_memory(batches);

    scope.writer().requeue(batchThatSays("Coffee 3"), Lane.LIVE, scope.now());
    scope.anHour();

    assertThat(scope.held()).isEqualTo(holds);
    assertThat(scope.posted()).hasSize(holds == 1 ? batches : 2 * batches);
    assertThat(scope.rememberedTexts()).hasSize(batches);
  }

  @Test
  void what_an_operator_has_written_again_takes_no_batch_along_that_is_on_hold() {
    for (int i = 0; i < 5; i++) {
      scope.chat().user("Coffee " + i);
    }
    scope.anHour();
    scope.nextTime(Change.UPDATE, "Coffee 0");
    said(scope.chat("other"), "Green tea!");
    for (int i = 0; i < 5; i++) {
      scope.chat().delete(0);
    }
    scope.anHour();
    List<String> remembered = scope.rememberedTexts();

    scope.writer().requeue(batchThatSays("Green tea!"), Lane.LIVE, scope.now());
    scope.anHour();

    assertThat(scope.entries())
        .contains("held (mem0 merged it with a batch that is on hold), Green tea!");
    assertThat(scope.rememberedTexts()).isEqualTo(remembered);
  }

  @Test
  void what_is_to_be_written_again_is_that_also_when_what_had_changed_in_it_is_back() {
    said(chat, "Black coffee!");
    scope.chat().edit(0, "Espresso!");
    scope.consume(Integer.MAX_VALUE);
    scope.writer().requeue(batchThatSays("Black coffee!"), Lane.LIVE, scope.now());
    scope.chat().edit(0, "Black coffee!");
    scope.anHour();

    assertThat(scope.postedTexts().toString()).isEqualTo("[[Black coffee!], [Black coffee!]]");
    scope.check();
  }
}
