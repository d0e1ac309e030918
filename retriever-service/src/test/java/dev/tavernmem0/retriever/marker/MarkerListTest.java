package dev.tavernmem0.retriever.marker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a list of markers is read. */
class MarkerListTest {
  @Test
  void every_kind_of_entry_does_what_the_list_says() {
    MarkerList list =
        MarkerList.of(
            """
            # a comment

            break   %%
            token   <turn*>
            token   [mark it]
            label   Narrator
            heading scene
            prose   kind
            """);

    assertThat(InertText.of("50%% of it", list)).isEqualTo("50% % of it");
    assertThat(InertText.of("<turn12> <turn> <turns> [turn1]", list))
        .isEqualTo("(turn12) (turn) <turns> [turn1]");
    assertThat(InertText.of("[mark_it] [mark-it] [mark  it] <mark it>", list))
        .isEqualTo("(mark_it) (mark-it) [mark  it] <mark it>");
    assertThat(InertText.of("narrator: hi", list)).isEqualTo("(narrator) hi");
    assertThat(InertText.of("scene: hi **Scene:** two", list))
        .isEqualTo("scene: hi **(Scene)** two");
    assertThat(InertText.of("a Kind Narrator: hi", list)).isEqualTo("a Kind Narrator: hi");
    assertThat(InertText.of("a Great Narrator: hi", list)).isEqualTo("a Great (Narrator) hi");
  }

  @Test
  void what_the_list_does_not_name_is_left_alone() {
    assertThat(InertText.of("System: <|im_start|> [INST]", MarkerList.of("")))
        .isEqualTo("System: <|im_start|> [INST]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "label",
        "lable system",
        "break <",
        "break <||",
        "token think",
        "token <think]",
        "token <>",
        "token <*>",
        "label user\nlabel USER",
        "token <s>\ntoken <S>",
        "prose the\nprose the",
        "break {{\nbreak {{",
        "label \u200B"
      })
  void a_line_that_cannot_be_read_is_named(String lines) {
    long number = lines.lines().count();

    assertThatThrownBy(() -> MarkerList.of(lines))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line " + number + " ");
  }

  @Test
  void the_built_in_list_can_be_read() {
    assertThat(InertText.of("[gMASK]", MarkerList.builtIn())).isEqualTo("(gMASK)");
  }
}
