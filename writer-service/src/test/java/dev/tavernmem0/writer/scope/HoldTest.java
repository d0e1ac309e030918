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
}
