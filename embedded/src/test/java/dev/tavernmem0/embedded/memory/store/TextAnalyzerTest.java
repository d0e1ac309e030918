package dev.tavernmem0.embedded.memory.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class TextAnalyzerTest {
  private final TextAnalyzer queries = TextAnalyzer.forQueries();
  private final TextAnalyzer index = TextAnalyzer.forIndex();

  @Test
  void englishIsStemmedAndCommonWordsAreLeftOut() {
    assertThat(terms("The Innkeeper's coins were owed"))
        .containsExactly("innkeep", "coin", "were", "ow");
  }

  @Test
  void chineseBecomesPairsOfCharacters() {
    assertThat(terms("我的猫叫豆包")).containsExactly("我的", "的猫", "猫叫", "叫豆", "豆包");
  }

  @Test
  void aSingleCharacterIsFoundInAText() {
    assertThat(index.terms("我的猫叫豆包", 100)).containsAll(terms("猫"));
  }

  @Test
  void mixedTextKeepsBoth() {
    assertThat(terms("Seraphina说：我在Prague见过你")).contains("seraphina", "我在", "pragu", "见过");
  }

  @Test
  void fullWidthLettersAreOrdinaryOnes() {
    assertThat(terms("ＡＢＣ１２３")).isEqualTo(terms("abc123"));
  }

  @Test
  void onlySoManyWordsAreTaken() {
    assertThat(queries.terms("one two three four", 2)).hasSize(2);
  }

  private Set<String> terms(String text) {
    return queries.terms(text, 100);
  }
}
