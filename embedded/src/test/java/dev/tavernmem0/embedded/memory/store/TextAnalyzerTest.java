package dev.tavernmem0.embedded.memory.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class TextAnalyzerTest {
  private final TextAnalyzer queries = TextAnalyzer.forQueries();
  private final TextAnalyzer index = TextAnalyzer.forIndex();

  @Test
  void english_is_stemmed_and_common_words_are_left_out() {
    assertThat(terms("The Innkeeper's coins were owed"))
        .containsExactly("innkeep", "coin", "were", "ow");
  }

  @Test
  void chinese_becomes_pairs_of_characters() {
    assertThat(terms("我的猫叫豆包")).containsExactly("我的", "的猫", "猫叫", "叫豆", "豆包");
  }

  @Test
  void a_single_character_is_found_in_atext() {
    assertThat(index.terms("我的猫叫豆包", 100)).containsAll(terms("猫"));
  }

  @Test
  void mixed_text_keeps_both() {
    assertThat(terms("Seraphina说：我在Prague见过你")).contains("seraphina", "我在", "pragu", "见过");
  }

  @Test
  void full_width_letters_are_ordinary_ones() {
    assertThat(terms("ＡＢＣ１２３")).isEqualTo(terms("abc123"));
  }

  @Test
  void only_so_many_words_are_taken() {
    assertThat(queries.terms("one two three four", 2)).hasSize(2);
  }

  private Set<String> terms(String text) {
    return queries.terms(text, 100);
  }
}
