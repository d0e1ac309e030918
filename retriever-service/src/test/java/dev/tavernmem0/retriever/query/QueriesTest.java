package dev.tavernmem0.retriever.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueriesTest {
  private final Queries queries = new Queries(new QueryLimits(4, 120));

  @Test
  void query1_is_the_last_user_message_on_one_line() {
    var chat = chat(user("Hi"), bot("Hello"), user("Do you\nremember me?"), bot("Well…"));

    assertThat(queries.lastMessage(chat))
        .contains(query(Stage.LAST_MESSAGE, "Do you remember me?"));
  }

  @Test
  void query1_skips_messages_without_text() {
    assertThat(queries.lastMessage(chat(user("你还记得吗?🙂"), user("  "))))
        .contains(query(Stage.LAST_MESSAGE, "你还记得吗?🙂"));
  }

  @Test
  void there_is_no_query1_if_the_user_has_not_spoken() {
    assertThat(queries.lastMessage(chat(bot("Greetings, traveller.")))).isEmpty();
    assertThat(queries.lastMessage(chat())).isEmpty();
  }

  @Test
  void a_long_message_is_cut_at_its_start_because_its_question_is_at_its_end() {
    var chat = chat(user("x".repeat(500) + " where do I live?"));

    String text = queries.lastMessage(chat).orElseThrow().text();

    assertThat(text).hasSizeLessThanOrEqualTo(120).endsWith("where do I live?");
  }

  @Test
  void query2_is_the_recent_conversation_and_then_the_question() {
    var chat =
        chat(user("I moved house."), bot("Where to?"), user("Guess."), user("Do you remember?"));

    assertThat(queries.recentContext(chat))
        .contains(
            query(
                Stage.RECENT_CONTEXT,
                "Alex: I moved house. Seraphina: Where to? Alex: Guess. Do you remember?"));
  }

  @Test
  void query2_names_each_speaker_by_the_name_on_the_message() {
    var chat = chat(new ChatMessage(Role.ASSISTANT, "Carol", "I saw it."), user("Who was that?"));

    assertThat(queries.recentContext(chat).orElseThrow().text())
        .isEqualTo("Carol: I saw it. Who was that?");
  }

  @Test
  void query2_drops_the_oldest_lines_when_it_gets_too_long() {
    var chat =
        chat(user("a".repeat(60)), bot("b".repeat(60)), bot("c".repeat(30)), user("And then?"));

    String text = queries.recentContext(chat).orElseThrow().text();

    assertThat(text).hasSizeLessThanOrEqualTo(120).contains("ccc").doesNotContain("aaa");
    assertThat(text).endsWith("And then?");
  }

  @Test
  void query2_takes_no_more_messages_than_allowed_and_no_system_messages() {
    var chat =
        chat(
            bot("one"),
            bot("two"),
            bot("three"),
            new ChatMessage(Role.SYSTEM, null, "You are Seraphina."),
            bot("four"),
            bot("five"),
            user("six?"));

    assertThat(queries.recentContext(chat).orElseThrow().text())
        .isEqualTo("Seraphina: two Seraphina: three Seraphina: four Seraphina: five six?");
  }

  @Test
  void there_is_no_query2_without_context() {
    assertThat(queries.recentContext(chat(user("Hello?")))).isEmpty();
  }

  @Test
  void the_rewrite_input_holds_names_question_and_context() {
    var input = queries.rewriteInput(chat(bot("Ahoj."), user("她叫什么?"))).orElseThrow();

    assertThat(input)
        .isEqualTo(new RewriteInput("Alex", "Seraphina", "她叫什么?", List.of("Seraphina: Ahoj.")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "Alex's home city|Alex's home city",
        "\"Alex's home city\"|Alex's home city",
        "Query: Alex's home city|Alex's home city",
        "**Search query:** `Alex home`|Alex home",
        "- Alex home|Alex home",
        "1. Alex home|Alex home",
        "「艾丽的家乡」|艾丽的家乡",
        "查询:艾丽的家乡|艾丽的家乡",
        "Where does 李雷 live? 🏠|Where does 李雷 live? 🏠"
      })
  void the_models_answer_is_reduced_to_the_query(String answer, String expected) {
    assertThat(queries.rewritten(answer)).contains(query(Stage.REWRITE, expected));
  }

  @Test
  void thinking_fences_and_further_lines_are_not_part_of_the_query() {
    String answer =
        "<think>The user\nmeans Prague.</think>\n```text\nAlex home\n```\nHope it helps!";

    assertThat(queries.rewritten(answer)).contains(query(Stage.REWRITE, "Alex home"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n ", "```\n```", "None", "无。", "\"\"", "<think>never ends"})
  void an_answer_that_says_nothing_is_no_query(String answer) {
    assertThat(queries.rewritten(answer)).isEmpty();
  }

  @Test
  void a_talkative_model_is_cut_to_the_longest_query() {
    assertThat(queries.rewritten("word ".repeat(200)).orElseThrow().text())
        .hasSizeLessThanOrEqualTo(120);
  }

  private static Query query(Stage stage, String text) {
    return new Query(stage, text);
  }

  private static ChatMessage user(String text) {
    return new ChatMessage(Role.USER, null, text);
  }

  private static ChatMessage bot(String text) {
    return new ChatMessage(Role.ASSISTANT, null, text);
  }

  private static Conversation chat(ChatMessage... messages) {
    return new Conversation("Alex", "Seraphina", Arrays.asList(messages));
  }
}
