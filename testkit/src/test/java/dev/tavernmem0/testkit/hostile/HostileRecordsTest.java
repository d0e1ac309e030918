package dev.tavernmem0.testkit.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.event.InvalidTurnEventException;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.ledger.InvalidLedgerEntryException;
import dev.tavernmem0.common.ledger.LedgerCodec;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The codecs refuse hostile records in words that name field and value, and take odd ones. */
class HostileRecordsTest {

  static List<HostileRecord> refusedTurnEvents() {
    return HostileTurnEvents.refused();
  }

  static List<HostileRecord> takenTurnEvents() {
    return HostileTurnEvents.taken();
  }

  static List<HostileRecord> refusedLedgerRecords() {
    return HostileLedgerRecords.refused();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedTurnEvents")
  void a_hostile_turn_event_is_refused(HostileRecord hostile) {
    assertThatThrownBy(() -> TurnEventCodec.decode(hostile.value()))
        .isInstanceOf(InvalidTurnEventException.class)
        .message()
        .startsWith("not a turn event: ")
        .contains(String.valueOf(hostile.refusal()))
        .doesNotContain(HostileRecord.SECRET)
        .hasSizeLessThan(1_000);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("takenTurnEvents")
  void an_odd_turn_event_is_taken(HostileRecord odd) {
    assertThat(TurnEventCodec.decode(odd.value()).source().chatId()).isEqualTo(odd.chatId());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedLedgerRecords")
  void a_hostile_ledger_record_is_refused(HostileRecord hostile) {
    assertThatThrownBy(() -> LedgerCodec.decode(hostile.value()))
        .isInstanceOf(InvalidLedgerEntryException.class)
        .message()
        .startsWith("not a ledger entry: ")
        .contains(String.valueOf(hostile.refusal()))
        .doesNotContain(HostileRecord.SECRET)
        .hasSizeLessThan(1_000);
  }
}
