package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.writer.ChatLog;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chats that their user does not want remembered. */
class IgnoredChatsTest {
  private static final String IGNORED = "skipped chat not to be remembered";

  private final Simulation scope = new Simulation();
  private final ChatLog chat = scope.chat();

  private void an_exchange(String chatId) {
    scope.chat(chatId).user("I like tea.");
    scope.chat(chatId).reply("So you like tea.");
    scope.consume(Integer.MAX_VALUE);
  }

  private void crash(boolean really) {
    scope.makeDurable();
    if (really) {
      scope.crash();
    }
  }

  @ParameterizedTest(name = "with a crash: {0}")
  @ValueSource(booleans = {false, true})
  void what_is_said_in_one_is_not_remembered(boolean crash) {
    scope.ignore("chat");
    an_exchange("chat");
    crash(crash);
    scope.anHour();

    assertThat(scope.fates(chat)).containsOnly(IGNORED);
    assertThat(scope.remembered()).isZero();
    assertThat(scope.writer().active()).isFalse();
  }

  @ParameterizedTest(name = "with a crash: {0}")
  @ValueSource(booleans = {false, true})
  void what_waits_when_it_is_decided_is_not_remembered(boolean crash) {
    an_exchange("chat");
    scope.ignore("chat");
    crash(crash);
    scope.anHour();

    assertThat(scope.fates(chat)).containsOnly(IGNORED);
    assertThat(scope.remembered()).isZero();
    assertThat(scope.writer().waiting()).isEqualTo(Waiting.NOTHING);
  }

  @Test
  void what_was_written_before_stays_as_hidden_turns_do() {
    an_exchange("chat");
    scope.anHour();
    scope.ignore("chat");
    scope.chat().user("I like rain.");
    scope.anHour();

    assertThat(scope.rememberedTexts())
        .containsExactly("Alex: I like tea.", "Seraphina: So you like tea.");
    assertThat(scope.fates(chat)).containsExactly("written", "written", IGNORED);
  }

  @ParameterizedTest(name = "with a crash: {0}")
  @ValueSource(booleans = {false, true})
  void who_changes_their_mind_is_remembered_after_all(boolean crash) {
    scope.ignore("chat");
    an_exchange("chat");
    scope.anHour();
    scope.ignore();
    crash(crash);
    scope.anHour();

    assertThat(scope.fates(chat)).containsOnly("written");
    assertThat(scope.entries()).containsExactly("written, I like tea., So you like tea.");
    scope.check();
  }

  @Test
  void what_another_chat_says_too_is_remembered_for_that_one() {
    an_exchange("chat");
    ChatLog branch = scope.chat("branch").copyOf(chat, 2);
    scope.consume(Integer.MAX_VALUE);
    scope.ignore("chat");
    scope.anHour();

    assertThat(scope.fates(branch)).containsOnly("written");
    assertThat(scope.remembered()).isEqualTo(1);
    scope.ignore();
    scope.anHour();

    assertThat(scope.fates(chat)).containsOnly("written");
    assertThat(scope.posted()).hasSize(1);
    scope.check();
  }

  @Test
  void a_reason_of_its_own_comes_first_and_remains() {
    scope.ignore("chat");
    an_exchange("chat");
    scope.chat().hide(0, true);
    scope.anHour();
    assertThat(scope.fates(chat)).containsExactly("skipped hidden", IGNORED);

    scope.ignore();
    scope.anHour();

    assertThat(scope.fates(chat)).containsExactly("skipped hidden", "written");
    scope.check();
  }

  @Test
  void what_is_being_written_again_is_written_again() {
    an_exchange("chat");
    scope.anHour();
    scope.chat().swipe(1, "Really?");
    scope.consume(Integer.MAX_VALUE);
    scope.pass(Duration.ofSeconds(6));
    assertThat(scope.work(Simulation.Crash.NEVER, true)).as("taken back").isTrue();

    scope.ignore("chat");
    scope.anHour();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: I like tea.", "Seraphina: Really?");
    scope.check();
  }
}
