package dev.tavernmem0.retriever.marker;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every text, made of what markers are made of. */
class MarkerPropertyTest {
  private static final String ROLE =
      "(?:system(?:[ _-](?:note|prompt))?|assistant|user|human|ai|系统|系統提示|用户|助手)";
  private static final String ANGLE =
      "(?:" + ROLE + "|s|unk|think|tool[ _-]call|start[ _-]of[ _-]turn)";
  private static final String SQUARE = "(?:" + ROLE + "|inst|gmask)";
  private static final String COLON = "[\\s*_`~)\\]>]*:";

  /** Written anew with regular expressions, so that it does not repeat the code's mistakes. */
  private static final Pattern MARKER =
      Pattern.compile(
          String.join(
              "|",
              "\\{\\{|\\}\\}|<\\||\\|>",
              "< ?/? ?" + ANGLE + " ?/? ?[>\\]]",
              "\\[ ?/? ?" + SQUARE + " ?/? ?[>\\]]",
              "## ?" + ROLE + "(?![\\p{L}\\p{N}])",
              "[*`~#<\\[][*`~#<\\[ ]*" + ROLE + COLON,
              "^[^\\p{L}]*(?<![\\p{L}\\p{N}])" + ROLE + COLON,
              "[.!?;|。！？] " + ROLE + COLON));

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> fragments =
        Arbitraries.of(
            "system",
            "System",
            "SYSTEM",
            "note",
            "prompt",
            "assistant",
            "user",
            "User",
            "human",
            "AI",
            "ai",
            "the",
            "tea",
            "solar",
            "系统",
            "系統",
            "提示",
            "用户",
            "助手",
            "茶",
            "的",
            "s",
            "unk",
            "think",
            "tool_call",
            "INST",
            "gMASK",
            "start_of_turn",
            "im_start",
            "Ｓystem",
            ":",
            ":",
            ":",
            "：",
            " ",
            " ",
            " ",
            "  ",
            "\n",
            "\n",
            "\u00A0",
            "\u200B",
            "\u200D",
            "\u0335",
            "\u202E",
            "<",
            "<",
            ">",
            ">",
            "[",
            "]",
            "|",
            "｜",
            "{",
            "}",
            "【",
            "】",
            "＜",
            "＞",
            "(",
            ")",
            "（",
            "）",
            "/",
            "#",
            "##",
            "*",
            "**",
            "_",
            "`",
            "~",
            "-",
            "- ",
            ">",
            "=",
            "\"",
            "“",
            "”",
            "'",
            ",",
            "，",
            ".",
            ". ",
            "。",
            "!",
            "1",
            "🐱");
    return fragments.list().ofMaxSize(24).map(parts -> String.join("", parts));
  }

  @Property(tries = 3_000)
  void a_line_holds_no_marker(@ForAll("texts") String memory) {
    String line = Corpus.line(memory);
    Matcher marker = MARKER.matcher(seen(line));

    assertThat(marker.find()).as("%s", line).isFalse();
  }

  @Property(tries = 3_000)
  void applying_it_again_changes_nothing(@ForAll("texts") String memory) {
    String line = Corpus.line(memory);

    assertThat(Corpus.line(line)).isEqualTo(line);
    String inert = InertText.of(memory);
    assertThat(InertText.of(inert)).isEqualTo(inert);
  }

  @Property(tries = 3_000)
  void no_letter_and_no_digit_is_lost(@ForAll("texts") String memory) {
    assertThat(words(InertText.of(memory))).isEqualTo(words(memory));
  }

  @Property
  void any_text_at_all_is_taken(@ForAll String memory) {
    String line = Corpus.line(memory);

    assertThat(Corpus.line(line)).isEqualTo(line);
    assertThat(words(InertText.of(memory))).isEqualTo(words(memory));
  }

  private static String seen(String line) {
    return Normalizer.normalize(line, Normalizer.Form.NFKD)
        .replaceAll("[\\p{Mn}\\p{Cf}]", "")
        .toLowerCase(Locale.ROOT)
        .replace('【', '[')
        .replace('】', ']');
  }

  private static String words(String text) {
    return text.replaceAll("[^\\p{L}\\p{N}\\p{So}]", "");
  }
}
