package dev.tavernmem0.retriever.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SingleLineTest {
  @Test
  void every_kind_of_line_break_and_space_becomes_one_space() {
    assertThat(SingleLine.of(" a\r\n\tb\u2028c\u00A0\u3000d\u0000 ")).isEqualTo("a b c d");
  }

  @Test
  void lines_keep_one_break_where_the_line_was_broken() {
    assertThat(SingleLine.lines(" \n a \t b \r\n \r\n c\u2028d\u0085e\u000Bf \u2029g\n"))
        .isEqualTo("a b\nc\nd\ne\nf\ng");
  }

  @Test
  void emoji_and_chinese_stay_as_they_are() {
    assertThat(SingleLine.of("我住在布拉格 👩‍👩‍👧 🏳️‍🌈")).isEqualTo("我住在布拉格 👩‍👩‍👧 🏳️‍🌈");
  }

  @Test
  void a_lone_surrogate_becomes_areplacement_character() {
    assertThat(SingleLine.of("a\uD83Db")).isEqualTo("a\uFFFDb");
  }

  @Test
  void head_ends_in_an_ellipsis_only_if_something_was_cut() {
    assertThat(SingleLine.head("abcdef", 6)).isEqualTo("abcdef");
    assertThat(SingleLine.head("abcdef", 5)).isEqualTo("abcd…");
    assertThat(SingleLine.head("abcdef", 0)).isEmpty();
  }

  @Test
  void tail_keeps_the_end() {
    assertThat(SingleLine.tail("abcdef", 2)).isEqualTo("ef");
    assertThat(SingleLine.tail("abcdef", 0)).isEmpty();
  }

  @Property
  void cuts_never_split_acode_point_and_never_exceed_the_length(
      @ForAll String text, @ForAll @IntRange(max = 40) int max) {
    String whole = SingleLine.of(text);

    assertThat(SingleLine.head(whole, max)).hasSizeLessThanOrEqualTo(max);
    assertThat(SingleLine.tail(whole, max)).hasSizeLessThanOrEqualTo(max);
    assertThat(hasLoneSurrogate(SingleLine.head(whole, max))).isFalse();
    assertThat(hasLoneSurrogate(SingleLine.tail(whole, max))).isFalse();
  }

  @Property
  void putting_aline_on_one_line_changes_nothing(@ForAll String text) {
    String line = SingleLine.of(text);

    assertThat(SingleLine.of(line)).isEqualTo(line);
  }

  @Property
  void lines_on_one_line_are_that_line(@ForAll String text) {
    assertThat(SingleLine.of(SingleLine.lines(text))).isEqualTo(SingleLine.of(text));
  }

  private static boolean hasLoneSurrogate(String text) {
    return text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
