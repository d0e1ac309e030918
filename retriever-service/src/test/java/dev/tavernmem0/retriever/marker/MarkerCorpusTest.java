package dev.tavernmem0.retriever.marker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.retriever.text.SingleLine;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the boundary is between a marker and ordinary prose: {@code corpus.txt}, line by line. */
class MarkerCorpusTest {
  static List<Corpus.Example> examples() {
    return Corpus.examples();
  }

  static Stream<Corpus.Example> markers() {
    return Corpus.examples().stream().filter(Corpus.Example::changes);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void aMemoryBecomesTheLineThatTheCorpusSays(Corpus.Example example) {
    assertThat(Corpus.line(example.memory())).isEqualTo(example.line());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void asALineItIsNotChangedAgain(Corpus.Example example) {
    assertThat(Corpus.line(example.line())).isEqualTo(example.line());
  }

  /** Brackets, spaces and colons may come and go; letters, digits and signs that tell may not. */
  @ParameterizedTest
  @MethodSource("markers")
  void nothingButBracketsColonsAndSpacesChanges(Corpus.Example example) {
    assertThat(words(example.line())).isEqualTo(words(SingleLine.of(example.memory())));
  }

  private static String words(String text) {
    return text.codePoints()
        .filter(c -> Character.isLetterOrDigit(c) || Character.getType(c) == Character.OTHER_SYMBOL)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
