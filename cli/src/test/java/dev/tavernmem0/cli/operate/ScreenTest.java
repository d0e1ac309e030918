package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final StringWriter out = new StringWriter();

  @Test
  void nothing_that_a_chat_holds_reaches_the_terminal_as_a_command() {
    Screen screen = screen(Output.TEXT);

    screen.line("red \u001b[31m, bell \u0007, turned \u202e, C1 \u009b");

    assertThat(out.toString().strip())
        .isEqualTo("red \uFFFD[31m, bell \uFFFD, turned \uFFFD, C1 \uFFFD");
  }

  @Test
  void a_cell_is_one_line() {
    assertThat(Screen.cell(Json.MAPPER.valueToTree(" a\n\n b\t"))).isEqualTo("a b");
    assertThat(Screen.cell(Json.MAPPER.nullNode())).isEqualTo("-");
    assertThat(Screen.cell(Json.MAPPER.missingNode())).isEqualTo("-");
    assertThat(Screen.cell(Json.MAPPER.valueToTree(3))).isEqualTo("3");
  }

  @Test
  void a_time_is_told_in_seconds() {
    assertThat(Screen.time(Json.MAPPER.valueToTree("2026-11-27T17:31:08.397954055Z")))
        .isEqualTo("2026-11-27T17:31:08Z");
    assertThat(Screen.time(Json.MAPPER.nullNode())).isEqualTo("-");
  }

  @Test
  void json_is_the_answer_alone() {
    screen(Output.JSON)
        .show(Json.MAPPER.createObjectNode().put("a", "\u001b"), () -> out.write("text"));

    assertThat(out.toString()).doesNotContain("text", "\u001b");
    assertThat(Json.MAPPER.readTree(out.toString()).path("a").asString()).isEqualTo("\u001b");
  }

  @Test
  void columns_stay_straight_in_every_script() {
    Table table = new Table(List.of("WHO", "N", "X"));
    table.row("林晚", "1", "x").row("ミク（仮）", "2", "x").row("Zoe\u0301", "3", "x").row("ｶﾅ", "4", "x");

    assertThat(table.lines())
        .containsExactly(
            "WHO         N  X",
            "林晚        1  x",
            "ミク（仮）  2  x",
            "Zoe\u0301         3  x",
            "ｶﾅ          4  x");
  }

  private Screen screen(Output output) {
    return new Screen(new PrintWriter(out, true), output, Messages.in(Locale.ROOT));
  }
}
