package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.ChatLog;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is lost at once waits for an operator, and comes back by itself when the turns do. */
class HoldTest {
  private static final int TURNS = 16;

  private final Simulation scope = new Simulation();
  private final ChatLog chat = scope.chat();

  @BeforeEach
  void a_chat_is_written() {
    for (int i = 0; i < TURNS / 2; i++) {
      scope.chat().user("I like thing " + i + ".");
      scope.pass(Duration.ofSeconds(20));
      scope.chat().reply("So you like thing " + i + ".");
      scope.pass(Duration.ofSeconds(80));
    }
    scope.anHour();
    assertThat(scope.rememberedTexts()).hasSize(TURNS);
  }

  /** Hold turns are 4 in the simulation. */
  @ParameterizedTest(name = "{0} of 16 turns deleted, file gone: {1}: {2}")
  @CsvSource(
      delimiter = '|',
      nullValues = "no hold",
      textBlock =
          """
          # deleted | file gone | hold
          1         | false     | no hold
          3         | false     | no hold
          4         | false     | 4 turns deleted at once
          16        | false     | 16 turns deleted at once
          16        | true      | chat deleted
          """)
  void how_much_is_lost_at_once_decides(int deleted, boolean fileGone, String reason) {
    scope.chat();
    if (fileGone) {
      chat.deleteChat();
    } else {
      for (int i = 0; i < deleted; i++) {
        chat.delete(chat.turns().size() - 1);
      }
    }

    scope.anHour();

    if (reason == null) {
      assertThat(scope.held()).isZero();
      assertThat(scope.rememberedTexts()).hasSize(TURNS - deleted);
    } else {
      assertThat(scope.writer().heldBatches())
          .isNotEmpty()
          .extracting(LedgerEntry::reason)
          .containsOnly(reason);
      assertThat(scope.rememberedTexts()).hasSize(TURNS);
    }
  }

  @Test
  void all_that_a_short_chat_says_is_a_lot() {
    ChatLog shortChat = scope.chat("short");
    shortChat.user("I have a dog.");
    shortChat.reply("What is it called?");
    scope.anHour();

    scope.chat("short").delete(1);
    scope.chat("short").delete(0);
    scope.anHour();

    assertThat(scope.writer().heldBatches())
        .extracting(LedgerEntry::reason)
        .containsOnly("all turns deleted");
  }

  @Test
  void a_wiped_file_that_is_restored_leaves_no_hold_and_writes_nothing_again() {
    List<Turn> before = chat.turns();
    scope.chat().deleteChat();
    scope.anHour();
    assertThat(scope.held()).isPositive();
    int posted = scope.posted().size();

    for (int i = 0; i < before.size(); i++) {
      scope.chat().restore(i, before.get(i));
    }
    scope.anHour();

    assertThat(scope.held()).isZero();
    assertThat(scope.posted()).hasSize(posted);
    assertThat(scope.fates()).containsOnly("written");
    scope.check();
  }

  @Test
  void a_wiped_file_that_is_imported_as_another_chat_leaves_no_hold_either() {
    ChatLog backup = new ChatLog("backup", "Seraphina", event -> {}).copyOf(chat, TURNS);
    scope.chat().deleteChat();
    scope.anHour();
    int posted = scope.posted().size();

    ChatLog imported = scope.chat("imported").copyOf(backup, TURNS);
    scope.anHour();

    assertThat(scope.held()).isZero();
    assertThat(scope.posted()).hasSize(posted);
    assertThat(scope.fates(imported)).containsOnly("written");
    scope.check();
  }

  @Test
  void what_an_operator_keeps_is_kept_after_a_crash_and_when_the_log_is_read_again() {
    scope.chat().deleteChat();
    scope.anHour();

    scope.discardHold();
    scope.makeDurable();
    scope.crash();
    scope.anHour();
    scope.forgetOffsets();
    scope.anHour();

    assertThat(scope.held()).isZero();
    assertThat(scope.rememberedTexts()).hasSize(TURNS);
  }

  @Test
  void a_chat_goes_on_while_what_it_lost_is_on_hold() {
    for (int i = 0; i < 8; i++) {
      scope.chat().delete(chat.turns().size() - 1);
    }
    scope.anHour();
    assertThat(scope.held()).isPositive();

    scope.chat().user("I like rain.");
    scope.anHour();

    assertThat(scope.rememberedTexts()).contains("Alex: I like rain.").hasSize(TURNS + 1);
    assertThat(scope.held()).isPositive();
  }

  private ChatLog of_two_turns_and(boolean third, boolean hiddenBefore, boolean hiddenAfter) {
    ChatLog small = scope.chat("short");
    small.user("I have a dog.");
    small.reply("What is it called?");
    if (third) {
      small.user("Rex.");
      small.hide(2, hiddenBefore);
    }
    scope.anHour();
    if (hiddenAfter) {
      scope.chat("short").hide(2, true);
      scope.anHour();
    }
    return small;
  }

  @ParameterizedTest(name = "a third turn: {0}, hidden when written: {1}, hidden since: {2}: {3}")
  @CsvSource(
      delimiter = '|',
      nullValues = "no hold",
      textBlock =
          """
          # third | hidden | hidden since | hold
          false   | false  | false        | all turns deleted
          true    | true   | false        | all turns deleted
          true    | false  | false        | no hold
          true    | false  | true         | no hold
          """)
  void two_of_its_turns_are_all_of_a_chat_that_remembers_nothing_else(
      boolean third, boolean hiddenBefore, boolean hiddenAfter, String reason) {
    ChatLog small = of_two_turns_and(third, hiddenBefore, hiddenAfter);

    scope.chat("short");
    small.delete(1);
    small.delete(0);
    scope.anHour();

    assertThat(scope.writer().heldBatches().stream().map(LedgerEntry::reason).distinct().toList())
        .isEqualTo(reason == null ? List.of() : List.of(reason));
  }

  @Test
  void a_turn_more_that_goes_changes_no_reason_and_asks_nobody_twice() {
    for (int i = 0; i < 5; i++) {
      scope.chat().delete(chat.turns().size() - 1);
    }
    scope.anHour();
    int held = scope.held();
    List<String> reasons = scope.writer().heldBatches().stream().map(LedgerEntry::reason).toList();

    scope.chat().delete(chat.turns().size() - 1);
    scope.consume(Integer.MAX_VALUE);
    scope.makeDurable();
    scope.crash();
    scope.anHour();

    assertThat(scope.held()).isEqualTo(held);
    assertThat(scope.writer().heldBatches().stream().map(LedgerEntry::reason).toList())
        .isEqualTo(reasons);
    assertThat(scope.entries().toString()).contains("So you like thing 5. [gone]");
    scope.drain();
    scope.check();
    assertThat(scope.rememberedTexts()).hasSize(TURNS - 6);
  }

  @Test
  void new_words_of_a_batch_that_is_on_hold_are_written_by_themselves() {
    scope.chat().edit(0, "I like something else.");
    for (int i = 0; i < 4; i++) {
      chat.delete(1);
    }

    scope.anHour();

    assertThat(scope.held()).isPositive();
    assertThat(scope.rememberedTexts()).contains("Alex: I like something else.");
    assertThat(scope.fates().get(0)).isEqualTo("written");
  }

  @Test
  void turns_that_come_back_one_after_the_other_end_the_hold_with_the_last_of_them() {
    List<Turn> before = List.copyOf(chat.turns());
    for (int i = 0; i < 4; i++) {
      scope.chat().delete(12);
    }
    scope.anHour();
    assertThat(scope.held()).isPositive();

    for (int i = 12; i < TURNS; i++) {
      assertThat(scope.held()).as("before turn %d is back", i).isPositive();
      scope.chat().restore(i, before.get(i));
      scope.anHour();
    }

    assertThat(scope.held()).isZero();
    assertThat(scope.writer().entries()).extracting(LedgerEntry::reason).containsOnlyNulls();
    scope.check();
  }
}
