package dev.tavernmem0.writer.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many tokens texts have at most; {@code cl100k} is what OpenAI's embedding models count. */
class TokensTest {
  private static final Encoding OPENAI =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.CL100K_BASE);

  private static final int SIZE = 30_000;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # text                                        | cl100k | counted
          ''                                            |      0 |  0
          a                                             |      1 |  2
          hello world                                   |      2 |  3
          My sister Joana moved to Porto last spring.   |     10 | 11
          She fears the dark and everything that is in it, and nobody but Alex knows. | 17 | 19
          1234567890                                    |      4 | 11
          déjà vu                                       |      4 |  5
          Привет, как дела?                             |      8 | 15
          مرحبا كيف حالك                                |     11 | 14
          我住在布拉格，养了一只猫                      |     16 | 20
          私はプラハに住んでいます                      |     12 | 20
          나는 프라하에 살아요                          |     11 | 16
          ฉันอาศัยอยู่ในกรุงเทพ                         |     21 | 36
          मैं प्राग में रहता हूँ                            |     21 | 30
          😀😀                                          |      4 |  7
          """)
  void a_text_has_rather_too_many_tokens_than_too_few(String text, int openAi, int counted) {
    assertThat(OPENAI.countTokensOrdinary(text)).isEqualTo(openAi);
    assertThat(Tokens.count(text)).isEqualTo(counted);
  }

  @Test
  void what_looks_like_a_models_own_token_is_text() {
    assertThat(Tokens.count("<|endoftext|> <|im_start|>")).isGreaterThan(6);
  }

  @Test
  void long_english_is_not_counted_much_too_high() {
    String text = "The ship leaves at dawn, and the harbour is still asleep when Mara comes. ";

    assertThat(Tokens.count(text.repeat(200)))
        .isBetween(
            OPENAI.countTokensOrdinary(text.repeat(200)),
            OPENAI.countTokensOrdinary(text.repeat(200)) * 115 / 100);
  }

  @Property
  void never_fewer_than_openai_counts(@ForAll("texts") String text) {
    String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

    assertThat(Tokens.count(whole)).isGreaterThanOrEqualTo(OPENAI.countTokensOrdinary(whole));
  }

  @Test
  void half_a_surrogate_pair_is_counted_like_any_other_character() {
    assertThat(Tokens.count("a\uD83D b")).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", " ", "\n", "我", "😀", "\uD83D", "-", "ab ", "0", "!?", "a\u0301"})
  void runs_of_any_length_are_counted_in_proportion(String piece) {
    IntStream.range(0, 3).forEach(warmUp -> nanos(piece, SIZE));

    double ratio =
        IntStream.range(0, 3)
            .mapToDouble(
                i -> (double) nanos(piece, 4 * SIZE) / Math.max(nanos(piece, SIZE), 500_000))
            .min()
            .orElseThrow();

    // In proportion to the square it would be 16.
    assertThat(ratio).isLessThan(9);
  }

  private static long nanos(String piece, int length) {
    String text = piece.repeat(length / piece.length());
    var threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    assertThat(Tokens.count(text)).isPositive();
    return threads.getCurrentThreadCpuTime() - start;
  }

  /** Words, runs and spaces of many scripts, so long that they are counted in pieces. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> parts =
        Arbitraries.oneOf(
            Arbitraries.strings().alpha().ofMaxLength(12),
            Arbitraries.strings().all().ofMaxLength(8),
            Arbitraries.of(" ", "  ", "\n\n", ".\n", "...", "    x", "don't", "12345", "ไทย", "猫"),
            Arbitraries.integers().between(1, 700).map("ab"::repeat),
            Arbitraries.integers().between(1, 700).map(" "::repeat),
            Arbitraries.integers().between(1, 700).map("=-"::repeat));
    return parts.list().ofMaxSize(60).map(list -> String.join("", list));
  }
}
