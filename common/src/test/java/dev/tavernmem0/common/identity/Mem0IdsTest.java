package dev.tavernmem0.common.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.text.Normalizer;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Mem0IdsTest {

  @ParameterizedTest
  @CsvSource({
    "default-user, default-user",
    "default_Seraphina, default_Seraphina",
    "Mary Jane, Mary+Jane",
    "a+b, a%2Bb",
    "100%, 100%25",
    "小红, 小红",
    "Dr. Who, Dr.+Who",
    "a:b/c, a%3Ab%2Fc",
  })
  void names_stay_readable(String name, String id) {
    assertThat(Mem0Ids.character(name)).isEqualTo(id);
  }

  @Property
  void an_id_never_holds_whitespace_or_control_characters(@ForAll @NotEmpty String name) {
    assertThat(Mem0Ids.character(name).codePoints())
        .noneMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c))
        .noneMatch(Character::isISOControl);
  }

  @Property
  void different_names_have_different_ids(
      @ForAll @NotEmpty String one, @ForAll @NotEmpty String other) {
    Assume.that(!nfc(one).equals(nfc(other)));

    assertThat(Mem0Ids.character(one)).isNotEqualTo(Mem0Ids.character(other));
  }

  @Test
  void lone_surrogates_stay_distinct() {
    assertThat(Mem0Ids.character("\uD800")).isNotEqualTo(Mem0Ids.character("\uD801"));
  }

  @Test
  void a_name_from_macos_is_the_same_name_elsewhere() {
    assertThat(Mem0Ids.character("Zoe\u0301")).isEqualTo(Mem0Ids.character("Zo\u00e9"));
  }

  @Property
  void a_group_never_collides_with_a_character(
      @ForAll @NotEmpty String group, @ForAll @NotEmpty String character) {
    assertThat(Mem0Ids.group(group)).isNotEqualTo(Mem0Ids.character(character));
  }

  @Property
  void an_id_can_be_read_back_as_the_name(@ForAll @NotEmpty String name) {
    assertThat(Mem0Ids.name(Mem0Ids.character(name))).isEqualTo(nfc(name));
  }

  @Test
  void an_id_that_somebody_else_made_is_shown_as_it_is() {
    assertThat(Mem0Ids.name("50%")).isEqualTo("50%");
    assertThat(Mem0Ids.name("100%uZZZZ")).isEqualTo("100%uZZZZ");
    assertThat(Mem0Ids.name(Mem0Ids.group("17 小队"))).isEqualTo("group:17 小队");
  }

  @Test
  void an_empty_name_is_refused() {
    assertThatThrownBy(() -> Mem0Ids.user("")).isInstanceOf(IllegalArgumentException.class);
  }

  private static String nfc(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }
}
