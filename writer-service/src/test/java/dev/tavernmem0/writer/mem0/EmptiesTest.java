package dev.tavernmem0.writer.mem0;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When nothing to remember is no coincidence. */
class EmptiesTest {
  private static final int MOST = 6;
  private static final Scope SCOPE = new Scope("default-user", "Seraphina");

  private static LedgerEntry batch(String chat, int number, int generation) {
    return new LedgerEntry(
        chat + number,
        generation,
        chat,
        chat + ".jsonl",
        SCOPE,
        List.of(),
        Fate.EMPTY,
        null,
        List.of(new LedgerTurn("turn of " + chat + number, null, "says", "hash", 1, false)),
        List.of(),
        1,
        1);
  }

  private static void empty(Empties empties, int batches, int chats) {
    IntStream.range(0, batches).forEach(i -> empties.empty(batch("chat" + i % chats, i, 0)));
  }

  @ParameterizedTest
  @CsvSource({
    "6, 5, 3, false",
    "6, 6, 2, false",
    "6, 60, 2, false",
    "6, 6, 3, true",
    "6, 7, 5, true",
    "1, 2, 2, false",
    "1, 3, 3, true",
    "0, 1000, 9, false"
  })
  void many_in_a_row_of_several_chats_are_no_coincidence(
      int most, int batches, int chats, boolean provider) {
    Empties empties = new Empties(most);

    empty(empties, batches, chats);

    assertThat(empties.areTheProviders()).isEqualTo(provider);
  }

  @Test
  void one_that_holds_something_begins_the_count_anew() {
    Empties empties = new Empties(MOST);
    empty(empties, 5, 3);

    empties.kept(batch("chat9", 999, 0));
    empty(empties, 5, 3);

    assertThat(empties.areTheProviders()).isFalse();
    empties.kept(batch("chat9", 999, 0));
    assertThat(empties.toBeTriedAgain()).as("of those that were a coincidence").isEmpty();
  }

  @Test
  void what_was_empty_by_the_providers_fault_is_to_be_tried_again_when_it_is_mended_once() {
    Empties empties = new Empties(MOST);
    empty(empties, 6, 3);
    assertThat(empties.message()).contains("6 batches of 3 chats");
    assertThat(empties.toBeTriedAgain()).as("before that").isEmpty();

    empties.kept(batch("chat9", 999, 0));

    assertThat(empties.areTheProviders()).isFalse();
    assertThat(empties.toBeTriedAgain())
        .hasSize(6)
        .contains(new Empties.Batch(SCOPE, "chat00"), new Empties.Batch(SCOPE, "chat25"));
    assertThat(empties.toBeTriedAgain()).isEmpty();
  }

  @Test
  void what_is_tried_again_and_holds_nothing_indeed_is_no_alarm() {
    Empties empties = new Empties(MOST);
    IntStream.range(0, 100).forEach(i -> empties.triesAgain(batch("chat" + i % 5, i, 0)));

    IntStream.range(0, 100).forEach(i -> empties.empty(batch("chat" + i % 5, i, 1)));

    assertThat(empties.areTheProviders()).isFalse();
    IntStream.range(0, 6).forEach(i -> empties.empty(batch("chat" + i % 5, i, 2)));
    assertThat(empties.areTheProviders()).as("another time").isTrue();
  }

  @Test
  void what_was_written_again_for_another_reason_is_to_be_tried_again_too() {
    Empties empties = new Empties(MOST);
    IntStream.range(0, 6).forEach(i -> empties.empty(batch("chat" + i % 5, i, 1)));
    assertThat(empties.areTheProviders()).isTrue();

    empties.kept(batch("chat9", 999, 0));

    assertThat(empties.toBeTriedAgain()).hasSize(6);
  }

  @Test
  void what_was_tried_again_is_not_again() {
    Empties empties = new Empties(MOST);
    empty(empties, 6, 3);
    empties.triesAgain(batch("chat0", 99, 0));
    empties.empty(batch("chat0", 99, 1));

    empties.kept(batch("chat9", 999, 0));

    assertThat(empties.toBeTriedAgain()).hasSize(6);
  }
}
