package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.writer.ChatLog;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What several chats of a character say is one memory, for as long as one of them says it. */
class UtteranceTest {
  private final Simulation scope = new Simulation();
  private final ChatLog parent = scope.chat("parent");

  private void an_exchange(ChatLog chat, String what) {
    scope.chat(chat.chatId()).user("I like " + what + ".");
    scope.pass(Duration.ofSeconds(20));
    scope.chat(chat.chatId()).reply("So you like " + what + ".");
    scope.pass(Duration.ofSeconds(80));
  }

  @Test
  void a_branch_costs_nothing_but_what_is_new_in_it() {
    an_exchange(parent, "tea");
    an_exchange(parent, "rain");
    scope.anHour();

    ChatLog branch = scope.chat("branch").copyOf(parent, 4);
    an_exchange(branch, "jazz");
    scope.anHour();

    assertThat(scope.rememberedTexts())
        .containsExactly(
            "Alex: I like jazz.",
            "Alex: I like rain.",
            "Alex: I like tea.",
            "Seraphina: So you like jazz.",
            "Seraphina: So you like rain.",
            "Seraphina: So you like tea.");
    assertThat(scope.fates(branch)).containsOnly("written");
    scope.check();
  }

  @Test
  void a_branch_that_differs_early_has_the_rest_in_common_at_the_first_start_too() {
    for (int i = 0; i < 5; i++) {
      an_exchange(parent, "thing " + i);
    }
    ChatLog branch = scope.chat("branch");
    branch.loseEventsOf(
        () -> {
          branch.copyOf(parent, 10);
          branch.edit(0, "I like something else.");
        });
    branch.read();
    scope.drain();

    assertThat(scope.rememberedTexts()).hasSize(11).doesNotHaveDuplicates();
    scope.check();
  }

  @Test
  void whichever_chat_is_deleted_what_the_other_says_stays_and_nobody_is_asked() {
    an_exchange(parent, "tea");
    scope.anHour();
    ChatLog branch = scope.chat("branch").copyOf(parent, 2);
    scope.anHour();
    int posted = scope.posted().size();

    scope.chat("parent").deleteChat();
    scope.anHour();

    assertThat(scope.rememberedTexts()).hasSize(2);
    assertThat(scope.held()).isZero();
    assertThat(scope.posted()).hasSize(posted);
    assertThat(scope.fates(branch)).containsOnly("written");
    scope.check();
  }

  @Test
  void when_the_last_chat_that_says_it_goes_the_memory_waits_for_an_operator_and_goes() {
    an_exchange(parent, "tea");
    scope.anHour();
    scope.chat("branch").copyOf(parent, 2);
    scope.chat("parent").deleteChat();
    scope.anHour();

    scope.chat("branch").deleteChat();
    scope.anHour();
    assertThat(scope.held()).isEqualTo(1);
    assertThat(scope.remembered()).isEqualTo(1);

    scope.drain();
    assertThat(scope.remembered()).isZero();
    scope.check();
  }

  @Test
  void a_fact_edited_in_one_chat_stays_as_the_other_tells_it_and_the_new_one_is_added() {
    an_exchange(parent, "tea");
    scope.anHour();
    scope.chat("branch").copyOf(parent, 2);
    scope.anHour();

    scope.chat("parent").edit(0, "I like coffee.");
    scope.anHour();

    assertThat(scope.rememberedTexts())
        .containsExactly(
            "Alex: I like coffee.", "Alex: I like tea.", "Seraphina: So you like tea.");
    scope.check();
  }

  @Test
  void hidden_in_one_chat_is_not_hidden_in_another() {
    an_exchange(parent, "tea");
    scope.chat("parent").hide(0, true);
    scope.chat("parent").hide(1, true);
    scope.anHour();
    assertThat(scope.fates(parent)).containsOnly("skipped hidden");

    ChatLog branch = scope.chat("branch").copyOf(parent, 2);
    scope.anHour();
    assertThat(scope.fates(branch)).containsOnly("skipped hidden");
    assertThat(scope.remembered()).isZero();

    scope.chat("branch").hide(0, false);
    scope.chat("branch").hide(1, false);
    scope.anHour();

    assertThat(scope.fates(branch)).containsOnly("written");
    assertThat(scope.rememberedTexts()).hasSize(2);
    scope.check();
  }

  @Test
  void the_same_words_twice_in_one_chat_are_two_utterances() {
    scope.chat("parent").user("Yes.");
    scope.chat("parent").user("Yes.");
    scope.chat("branch").copyOf(parent, 2);
    scope.drain();

    assertThat(scope.rememberedTexts()).containsExactly("Alex: Yes.", "Alex: Yes.");
    scope.check();
  }

  @Test
  void a_line_given_to_another_persona_is_told_of_that_one_only() {
    an_exchange(parent, "tea");
    scope.anHour();

    scope.chat("parent").speaker(0, "Beatriz");
    scope.anHour();

    assertThat(scope.rememberedTexts())
        .containsExactly("Beatriz: I like tea.", "Seraphina: So you like tea.");
    scope.check();
  }

  @Test
  void what_waits_in_two_chats_is_written_once_although_the_first_of_them_goes() {
    an_exchange(parent, "tea");
    ChatLog branch = scope.chat("branch").copyOf(parent, 2);
    scope.chat("parent").deleteChat();
    scope.drain();

    assertThat(scope.rememberedTexts()).hasSize(2);
    assertThat(scope.fates(branch)).containsOnly("written");
    scope.check();
  }
}
