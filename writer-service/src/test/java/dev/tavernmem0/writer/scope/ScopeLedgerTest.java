package dev.tavernmem0.writer.scope;

import static dev.tavernmem0.writer.scope.Ledgers.entry;
import static dev.tavernmem0.writer.scope.Ledgers.turn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.identity.BatchIds;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import org.junit.jupiter.api.Test;

class ScopeLedgerTest {
  private final ScopeLedger ledger = new ScopeLedger();

  @Test
  void counts_what_is_on_hold() {
    ledger.put(entry("one", Fate.WRITTEN, 0, turn("a")));
    ledger.put(entry("one", Fate.HELD, 0, turn("a")));
    ledger.put(entry("one", Fate.HELD, 0, turn("a")));
    ledger.put(entry("two", Fate.HELD, 0, turn("b")));
    assertThat(ledger.held()).isEqualTo(2);

    ledger.put(entry("one", Fate.WRITTEN, 0, turn("a")));
    ledger.remove("two");
    ledger.remove("three");
    assertThat(ledger.held()).isZero();
  }

  @Test
  void knows_which_batches_are_retracted_in_the_order_of_their_retraction() {
    LedgerEntry two = entry("two", Fate.RETRACTED, 0, turn("b"));
    LedgerEntry one = entry("one", Fate.RETRACTED, 0, turn("a"));
    ledger.put(entry("one", Fate.WRITTEN, 0, turn("a")));
    ledger.put(two);
    ledger.put(one);
    assertThat(ledger.retracted()).containsExactly(two, one);

    ledger.remove("two");
    ledger.put(entry("one", Fate.WRITTEN, 0, turn("a")));
    assertThat(ledger.retracted()).isEmpty();
  }

  @Test
  void each_time_an_utterance_is_written_again_it_is_of_a_later_generation() {
    assertThat(ledger.generation("says-a")).isZero();

    ledger.put(entry("one", Fate.RETRACTED, 0, turn("a")));
    ledger.put(entry("two", Fate.WRITTEN, 7, turn("a")));
    assertThat(ledger.generation("says-a")).isEqualTo(1);

    ledger.put(entry("two", Fate.RETRACTED, 7, turn("a")));
    ledger.put(entry("one", Fate.RETRACTED, 0, turn("a")));
    ledger.remove("two");
    assertThat(ledger.generation("says-a")).as("though it is forgotten").isEqualTo(8);
  }

  @Test
  void finds_the_entry_of_a_turn_and_the_turn_of_an_utterance() {
    LedgerEntry ofTurn = entry(BatchIds.ofTurn("a"), Fate.SKIPPED, 0, turn("a"));
    LedgerEntry batch = entry("one", Fate.WRITTEN, 0, turn("b"), turn("c"));
    ledger.put(ofTurn);
    ledger.put(batch);

    assertThat(ledger.ofTurn("a")).isEqualTo(ofTurn);
    assertThat(ledger.ofTurn("b")).isNull();
    assertThat(ScopeLedger.turnOf(batch, "says-c")).isEqualTo(turn("c"));
    assertThat(ScopeLedger.turnOf(batch, "says-a")).isNull();
  }
}
