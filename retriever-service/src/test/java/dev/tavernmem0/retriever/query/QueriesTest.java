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
  void query1IsTheLastUserMessageOnOneLine() {
    var chat = chat(user("Hi"), bot("Hello"), user("Do you\nremember me?"), bot("Well…"));

    assertThat(queries.lastMessage(chat))
        .contains(query(Stage.LAST_MESSAGE, "Do you remember me?"));
  }

  @Test
  void query1SkipsMessagesWithoutText() {
    assertThat(queries.lastMessage(chat(user("你还记得吗?🙂"), user("  "))))
        .contains(query(Stage.LAST_MESSAGE, "你还记得吗?🙂"));
  }

  @Test
  void thereIsNoQuery1IfTheUserHasNotSpoken() {
    assertThat(queries.lastMessage(chat(bot("Greetings, traveller.")))).isEmpty();
    assertThat(queries.lastMessage(chat())).isEmpty();
  }

  @Test
  void aLongMessageIsCutAtItsStartBecauseItsQuestionIsAtItsEnd() {
    var chat = chat(user("x".repeat(500) + " where do I live?"));

    String text = queries.lastMessage(chat).orElseThrow().text();

    assertThat(text).hasSizeLessThanOrEqualTo(120).endsWith("where do I live?");
  }

  @Test
  void query2IsTheRecentConversationAndThenTheQuestion() {
    var chat =
        chat(user("I moved house."), bot("Where to?"), user("Guess."), user("Do you remember?"));

    assertThat(queries.recentContext(chat))
        .contains(
            query(
                Stage.RECENT_CONTEXT,
                "Alex: I moved house. Seraphina: Where to? Alex: Guess. Do you remember?"));
  }

  @Test
  void query2NamesEachSpeakerByTheNameOnTheMessage() {
    var chat = chat(new ChatMessage(Role.ASSISTANT, "Carol", "I saw it."), user("Who was that?"));

    assertThat(queries.recentContext(chat).orElseThrow().text())
        .isEqualTo("Carol: I saw it. Who was that?");
  }

  @Test
  void query2DropsTheOldestLinesWhenItGetsTooLong() {
    var chat =
        chat(user("a".repeat(60)), bot("b".repeat(60)), bot("c".repeat(30)), user("And then?"));

    String text = queries.recentContext(chat).orElseThrow().text();

    assertThat(text).hasSizeLessThanOrEqualTo(120).contains("ccc").doesNotContain("aaa");
    assertThat(text).endsWith("And then?");
  }

  @Test
  void query2TakesNoMoreMessagesThanAllowedAndNoSystemMessages() {
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
  void thereIsNoQuery2WithoutContext() {
    assertThat(queries.recentContext(chat(user("Hello?")))).isEmpty();
  }

  @Test
  void theRewriteInputHoldsNamesQuestionAndContext() {
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
  void theModelsAnswerIsReducedToTheQuery(String answer, String expected) {
    assertThat(queries.rewritten(answer)).contains(query(Stage.REWRITE, expected));
  }

  @Test
  void thinkingFencesAndFurtherLinesAreNotPartOfTheQuery() {
    String answer =
        "<think>The user\nmeans Prague.</think>\n```text\nAlex home\n```\nHope it helps!";

    assertThat(queries.rewritten(answer)).contains(query(Stage.REWRITE, "Alex home"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n ", "```\n```", "None", "无。", "\"\"", "<think>never ends"})
  void anAnswerThatSaysNothingIsNoQuery(String answer) {
    assertThat(queries.rewritten(answer)).isEmpty();
  }

  @Test
  void aTalkativeModelIsCutToTheLongestQuery() {
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
