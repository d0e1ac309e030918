package dev.tavernmem0.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TurnKeysTest {
  private static byte[] utf8(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void no_two_keys_of_a_chat_are_the_same_and_each_tells_the_chat() {
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      keys.add(TurnKeys.unique("eve:0b1c:\u96ea"));
    }

    assertThat(keys).hasSize(1000);
    assertThat(keys)
        .allMatch(key -> "eve:0b1c:\u96ea".equals(TurnKeys.chatId(utf8(key))))
        .allMatch(key -> TurnKeys.isUnique(utf8(key)));
  }

  @Test
  void a_key_of_an_earlier_log_is_the_chat_s_and_not_unique() {
    assertThat(TurnKeys.chatId(utf8("eve:0b1c"))).isEqualTo("eve:0b1c");
    assertThat(TurnKeys.isUnique(utf8("eve:0b1c"))).isFalse();
  }

  @Test
  void a_record_without_a_key_is_of_no_chat() {
    assertThat(TurnKeys.chatId(null)).isNull();
    assertThat(TurnKeys.isUnique(null)).isFalse();
  }
}
