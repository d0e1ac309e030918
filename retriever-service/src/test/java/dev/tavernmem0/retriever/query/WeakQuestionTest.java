package dev.tavernmem0.retriever.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeakQuestionTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Do you remember?",
        "You don't remember, do you?!",
        "You know the one. Say it.",
        "What was she called again?",
        "你还记得吗?",
        "那它叫什么来着?",
        "你還記得那件事嗎?🙂"
      })
  void names_nothing_to_search_for(String question) {
    assertThat(WeakQuestion.is(question)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Do you remember my cat?",
        "What am I afraid of?",
        "Who am I?",
        "我是谁?",
        "我养的柯基叫什么名字?",
        "Was it 1984?",
        "¿Te acuerdas?",
        "覚えてる?",
        "…",
        "🙂",
        ""
      })
  void names_something_or_nothing_at_all(String question) {
    assertThat(WeakQuestion.is(question)).isFalse();
  }
}
