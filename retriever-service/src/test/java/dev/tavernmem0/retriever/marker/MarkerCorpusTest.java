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
  void a_memory_becomes_the_line_that_the_corpus_says(Corpus.Example example) {
    assertThat(Corpus.line(example.memory())).isEqualTo(example.line());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void as_aline_it_is_not_changed_again(Corpus.Example example) {
    assertThat(Corpus.line(example.line())).isEqualTo(example.line());
  }

  /** Brackets, spaces and colons may come and go; letters, digits and signs that tell may not. */
  @ParameterizedTest
  @MethodSource("markers")
  void nothing_but_brackets_colons_and_spaces_changes(Corpus.Example example) {
    assertThat(words(example.line())).isEqualTo(words(SingleLine.of(example.memory())));
  }

  private static String words(String text) {
    return text.codePoints()
        .filter(c -> Character.isLetterOrDigit(c) || Character.getType(c) == Character.OTHER_SYMBOL)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
