package dev.tavernmem0.embedded.memory.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageTest {
  @ParameterizedTest
  @ValueSource(strings = {"我的猫叫什么？", "Seraphina 的猫叫什么", "猫の名前は？", "고양이 이름이 뭐야", "小雨"})
  void chinese(String text) {
    assertThat(Language.of(text)).isEqualTo(Language.CHINESE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "What's my cat's name?",
        "Where did 小雨 go yesterday?",
        "Как зовут кота?",
        "",
        "42 🌸"
      })
  void english(String text) {
    assertThat(Language.of(text)).isEqualTo(Language.ENGLISH);
  }

  @Test
  void relevance_is_nought_for_unrelated_texts_and_one_for_the_same() {
    for (Language language : Language.values()) {
      assertThat(language.relevance(-1)).isZero();
      assertThat(language.relevance(0.2)).isZero();
      assertThat(language.relevance(1)).isEqualTo(1);
      assertThat(language.relevance(1.0001)).isEqualTo(1);
    }
  }
}
