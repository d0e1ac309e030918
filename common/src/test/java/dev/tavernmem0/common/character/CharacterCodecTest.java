package dev.tavernmem0.common.character;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CharacterCodecTest {

  @Test
  void a_characters_scope_survives_the_way_through_the_topic() {
    CharacterScope character = new CharacterScope("default-user", "猫 & co", "Mara~2", 1);

    assertThat(CharacterCodec.decode(CharacterCodec.encode(character))).isEqualTo(character);
    assertThat(new String(CharacterCodec.encode(character), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"handle\":\"default-user\",\"avatar\":\"猫 & co\",\"scope\":\"Mara~2\",\"ts_ms\":1}");
  }

  @Test
  void the_key_is_made_of_what_a_reader_knows_of_a_character() {
    assertThat(CharacterScope.key("default-user", "Mary Jane")).isEqualTo("default-user/Mary+Jane");
  }

  @Test
  void fields_of_a_newer_version_are_ignored() {
    String newer = "{\"handle\":\"u\",\"avatar\":\"a\",\"scope\":\"s\",\"ts_ms\":1,\"more\":[1]}";

    assertThat(CharacterCodec.decode(newer.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(new CharacterScope("u", "a", "s", 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "[1]",
        "{\"handle\":\"u\",\"avatar\":\"a\",\"scope\":\"\"}",
        "{\"handle\":\"u\",\"avatar\":\"a\"}",
        "{\"handle\":\"u\",\"avatar\":\"a\",\"scope\":\"s\",\"ts_ms\":-1}"
      })
  void what_is_no_characters_scope_is_refused(String value) {
    assertThatThrownBy(() -> CharacterCodec.decode(value.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(InvalidCharacterException.class)
        .hasMessageStartingWith("not a character's scope");
  }
}
