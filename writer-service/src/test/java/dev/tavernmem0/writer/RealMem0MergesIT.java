package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.ModelRule;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The real mem0 1.x merges what it is told: nobody's facts go with another's. */
class RealMem0MergesIT extends RealMem0Fixture {
  private static final String COFFEE = "Alex: I like black coffee.";
  private static final String TEA = "Alex: I now prefer green tea.";

  @Override
  Generation generation() {
    return Generation.V1;
  }

  private void mergesDrinks(String event) {
    rig().program(ModelRule.merging("tea", "coffee", event));
  }

  private void coffeeThenTea(WriterUnderTest writer, ChatLog first, ChatLog second) {
    mergesDrinks("UPDATE");
    first.user("I like black coffee.");
    awaitTurns(Fate.WRITTEN, 1);
    second.user("I now prefer green tea.");
    awaitTurns(Fate.WRITTEN, 2);
    assertSettled(writer);
    assertThat(memoryTexts()).containsExactly(TEA);
    assertMerged(Merge.Change.UPDATE);
  }

  private static void assertMerged(Merge.Change change) {
    assertThat(KAFKA.reader().ledger().values())
        .flatExtracting(LedgerEntry::merges)
        .extracting(Merge::change)
        .containsExactly(change);
  }

  @Test
  void an_edit_of_what_a_later_chat_contradicted_leaves_the_later_word() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog first = chat("one");
      coffeeThenTea(writer, first, chat("two"));

      first.edit(0, "I live in Prague.");

      awaitMemoriesOf("Prague", 1);
      assertSettled(writer);
      assertThat(memoryTexts()).containsExactlyInAnyOrder("Alex: I live in Prague.", TEA);
    }
  }

  @Test
  void an_edit_within_the_one_chat_leaves_the_later_word_too() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = chat("one");
      coffeeThenTea(writer, chat, chat);

      chat.edit(0, "I live in Prague.");

      awaitMemoriesOf("Prague", 1);
      assertSettled(writer);
      assertThat(memoryTexts()).containsExactlyInAnyOrder("Alex: I live in Prague.", TEA);
    }
  }

  @Test
  void without_the_turn_that_contradicted_the_earlier_word_is_back() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog second = chat("two");
      coffeeThenTea(writer, chat("one"), second);

      second.delete(0);

      awaitMemoriesOf("coffee", 1);
      assertSettled(writer);
      assertThat(memoryTexts()).containsExactly(COFFEE);
    }
  }

  @Test
  void without_the_turn_that_was_contradicted_the_later_word_stays() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog first = chat("one");
      coffeeThenTea(writer, first, chat("two"));

      first.delete(0);

      awaitTurns(Fate.WRITTEN, 1);
      assertSettled(writer);
      assertThat(memoryTexts()).containsExactly(TEA);
    }
  }

  @Test
  void a_turn_that_was_deleted_before_it_could_be_contradicted_is_not_merged() {
    mergesDrinks("UPDATE");
    try (WriterUnderTest writer = startWriter()) {
      ChatLog first = chat("one");
      first.user("I like black coffee.");
      awaitTurns(Fate.WRITTEN, 1);
      first.delete(0);
      awaitTurns(Fate.RETRACTED, 1);

      chat("two").user("I now prefer green tea.");

      awaitTurns(Fate.WRITTEN, 1);
      assertSettled(writer);
      assertThat(memoryTexts()).containsExactly(TEA);
    }
  }

  @Test
  void what_a_later_turn_deleted_is_back_when_that_turn_is_gone() {
    mergesDrinks("DELETE");
    try (WriterUnderTest writer = startWriter()) {
      chat("one").user("I like black coffee.");
      awaitTurns(Fate.WRITTEN, 1);
      ChatLog second = chat("two");
      second.user("I now prefer green tea.");
      awaitTurns(Fate.EMPTY, 1);
      assertSettled(writer);
      assertThat(memoryTexts()).isEmpty();
      assertMerged(Merge.Change.DELETE);

      second.delete(0);

      awaitMemoriesOf("coffee", 1);
      assertSettled(writer);
    }
  }

  @Test
  void a_mem0_that_is_killed_after_it_changed_an_earlier_chats_memory_loses_neither_chats_word() {
    try (WriterUnderTest writer = startWriter()) {
      chat("one").user("I like black coffee.");
      awaitTurns(Fate.WRITTEN, 1);
      // mem0 stores, and answers when its model has told the relations for the graph too.
      rig()
          .program(
              ModelRule.onGraph().times(1).answersAfter(Duration.ofSeconds(60)),
              ModelRule.merging("tea", "coffee", "UPDATE"));
      ChatLog second = chat("two");
      second.user("I now prefer green tea.");
      awaitMemoriesOf("tea", 1);

      rig().kill();
      await().atMost(SOON).until(() -> writer.status().lastError() != null);
      rig().start(Map.of());

      // Only an answer of mem0's tells of a merge, so that then both were written again.
      await().atMost(SOON).untilAsserted(() -> assertMerged(Merge.Change.UPDATE));
      awaitTurns(Fate.WRITTEN, 2);
      assertSettled(writer);
      assertThat(memoryTexts()).containsExactly(TEA);
      second.delete(0);
      awaitMemoriesOf("coffee", 1);
      assertSettled(writer);
      assertThat(memoryTexts()).containsExactly(COFFEE);
    } finally {
      rig().start(Map.of());
    }
  }

  @Test
  void with_mem0s_own_prompt_what_the_user_says_is_kept_by_sending_everything_as_the_users() {
    rig().kill();
    rig().start(Map.of("MEM0_FACT_PROMPT", "mem0"));
    Map<String, String> asSaid = settings();
    asSaid.put("tavern.writer.roles", "as_said");
    try (WriterUnderTest writer = WriterUnderTest.start(asSaid)) {
      bothSpeak("one");
      awaitTurns(Fate.WRITTEN, 2);
      assertSettled(writer);
      assertThat(memoryTexts())
          .as("what mem0 makes of messages that bear the assistant's role")
          .containsExactly("Seraphina: I grew up by the sea.");
    }
    try (WriterUnderTest writer = startWriter()) {
      bothSpeak("two");
      awaitTurns(Fate.WRITTEN, 4);
      assertSettled(writer);
      assertThat(writer.status().roles()).isEqualTo("user");
      assertThat(memoryTexts()).contains("Alex: I live in Prague.");
    } finally {
      rig().kill();
      rig().start(Map.of());
    }
  }

  private void bothSpeak(String name) {
    ChatLog chat = chat(name);
    chat.user("I live in Prague.");
    chat.reply("I grew up by the sea.");
  }
}
