package dev.tavernmem0.retriever.select;

import static dev.tavernmem0.retriever.Memories.memory;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.mem0.Memory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BareQuestionsTest {

  @Test
  void the_answer_comes_before_the_question_that_resembles_the_query_most() {
    assertThat(
            order(
                memory("asked before", "Alex: Do you remember the name of my cat?", 0.50),
                memory("answer", "Alex: Biscuit is my cat. A ginger tabby.", 0.29),
                memory("chatter", "Mara: \"Page forty of the log.\"", 0.12)))
        .containsExactly("answer", "asked before", "chatter");
  }

  @Test
  void a_question_that_no_statement_comes_near_to_keeps_its_place() {
    assertThat(
            order(
                memory("tells", "Alex: Did I tell you that Ilse moved to Tromso?", 0.60),
                memory("far", "Alex: I like tea.", 0.20)))
        .containsExactly("tells", "far");
  }

  @Test
  void questions_and_statements_keep_their_order_among_themselves() {
    assertThat(
            order(
                memory("q1", "Where do I live?", 0.5),
                memory("q2", "Do I live here?", 0.5),
                memory("s1", "I live in Porto.", 0.4),
                memory("q3", "Who lives there?", 0.4),
                memory("s2", "Ines lives in Braga.", 0.3)))
        .containsExactly("s1", "s2", "q1", "q2", "q3");
  }

  @Test
  void nothing_changes_without_questions_or_with_nothing_else() {
    assertThat(order()).isEmpty();
    assertThat(order(memory("1", "A.", 0.1), memory("2", "B.", 0.9))).containsExactly("1", "2");
    assertThat(order(memory("1", "A?", 0.1), memory("2", "B?", 0.9))).containsExactly("1", "2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Alex: Do you remember the name of my cat?",
        "\"Where do I live?\"",
        "*Where do I live?*",
        "Really?! ",
        "小雨：你还记得我妹妹住在哪里吗？",
        "هل تتذكر اسم قطتي؟"
      })
  void one_sentence_with_aquestion_mark_is_abare_question(String text) {
    assertThat(BareQuestions.isOne(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Alex lives in Prague",
        "",
        "?! What a storm.",
        "I moved to Porto. Do you know it?",
        "Do you know Porto? I live there.",
        "Do you know Porto? I live there",
        "我妹妹住在杭州。你记得吗？",
        "The line at https://example.org/?q=1 is mine"
      })
  void what_also_tells_something_is_none(String text) {
    assertThat(BareQuestions.isOne(text)).isFalse();
  }

  private static List<String> order(Memory... ranked) {
    return BareQuestions.afterStatements(Arrays.asList(ranked)).stream().map(Memory::id).toList();
  }
}
