package dev.tavernmem0.writer.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Four times the text takes about four times as long, whatever was made to take longer. */
class CleaningTimeTest {
  private static final Cleaning CLEANING =
      new Cleaning(new CleaningRules(OutOfCharacter.DROP, Set.of()));

  private static final int SIZE = 30_000;
  private static final int TIMES = 4;

  /** Of what takes time in proportion, with room for noise; in proportion to its square: 16. */
  private static final double MOST = 9;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<",
        ">",
        "<div>",
        "</div>",
        "<div><b>x</b>",
        "<b><i></b></i>",
        "<a b=\"",
        "<a b='<a b=\"",
        "<a b=c ",
        "<a b=c d",
        "<a/",
        "<!--",
        "<!doctype ",
        "<style>",
        "<style></",
        "<style>{",
        "<details>",
        "<table><div>x",
        "<div class=\"status\">a b c d",
        "<think>",
        "</think>",
        "<think></think><think>",
        "<think ",
        "</ ",
        "[think]",
        "◁think▷",
        "<|channel|>analysis",
        "&",
        "&amp;",
        "&amp",
        "&#38;amp;",
        ";",
        "`",
        "``` ",
        "a`b``c```d````e\n",
        "```a\n",
        "````\n```\n",
        "```html\n",
        "```\n{\"\n",
        "~~~\n\n",
        "`\nno code\n",
        "[",
        "]",
        "](",
        "[](",
        "![",
        "[a](b",
        "[[a](b.c)",
        "![![a](b)",
        "[a](\"",
        "(",
        "((",
        "(()",
        "(OOC",
        "OOC:",
        "[sends a picture:",
        "[sends a picture:\n",
        "sends ",
        "image###",
        "[img]",
        "data:image/png",
        "data:a/b;c;",
        "https://a.png?",
        "https://a.png? \n",
        "a:b|",
        "a: b\n",
        " ",
        "\n",
        " \n",
        "\t-",
        "\u00A0",
        "a ",
        "a-",
        "a",
        "\uFDD0",
        "\uFDD00\uFDD1",
        "<div>a b c ",
      })
  void hostile_text_takes_time_in_proportion(String piece) {
    IntStream.range(0, 3).forEach(warmUp -> nanos(piece, SIZE));

    // The best of some: what else goes on makes it longer, never shorter.
    double ratio =
        IntStream.range(0, 3)
            .mapToDouble(
                i -> (double) nanos(piece, TIMES * SIZE) / Math.max(nanos(piece, SIZE), 500_000))
            .min()
            .orElseThrow();

    assertThat(ratio).isLessThan(MOST);
  }

  private static long nanos(String piece, int length) {
    String text = piece.repeat(length / piece.length());
    var threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    Cleaned cleaned = CLEANING.of(text);
    long nanos = threads.getCurrentThreadCpuTime() - start;
    assertThat(cleaned.text().length()).isLessThanOrEqualTo(text.length() + 1);
    return nanos;
  }
}
