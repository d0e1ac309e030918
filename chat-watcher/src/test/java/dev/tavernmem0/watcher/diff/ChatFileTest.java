package dev.tavernmem0.watcher.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatFileTest {
  private static final String HEADER = Line.header("abc");
  private static final String ONE = Line.user("one", 1).json();
  private static final String TWO = Line.ai("two", 2).json();

  private static ChatFile read(byte[] bytes) {
    return ChatFile.read(bytes, 1000, Map.of(), ZoneOffset.UTC);
  }

  private static ChatFile read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> texts(ChatFile file) {
    return java.util.stream.IntStream.range(0, file.size())
        .mapToObj(i -> file.message(i).text())
        .toList();
  }

  private static ChatMessage message(String json) {
    ChatFile file = read(json);
    assertThat(file.badLines()).isEmpty();
    return file.message(0);
  }

  @Test
  void a_file_is_a_header_and_messages() {
    ChatFile file = read(HEADER + "\n" + ONE + "\n" + TWO);

    assertThat(file.header().integrity()).isEqualTo("abc");
    assertThat(texts(file)).containsExactly("one", "two");
    assertThat(file.raw(1)).isEqualTo(TWO);
    assertThat(file.badLines()).isEmpty();
  }

  @Test
  void a_file_without_a_header_is_messages_only() {
    ChatFile file = read(ONE + "\n" + TWO);

    assertThat(file.header()).isEqualTo(ChatHeader.NONE);
    assertThat(texts(file)).containsExactly("one", "two");
  }

  @Test
  void windows_line_ends_a_byte_order_mark_and_blank_lines_are_tolerated() {
    ChatFile file = read("\uFEFF" + HEADER + "\r\n" + ONE + "\r\n\r\n" + TWO + "\r\n  \r\n\n");

    assertThat(texts(file)).containsExactly("one", "two");
    assertThat(file.raw(0)).isEqualTo(ONE);
    assertThat(file.badLines()).isEmpty();
    assertThat(file.endsInBadLine()).isFalse();
  }

  @Test
  void separators_that_are_line_ends_elsewhere_are_text() {
    String text = "a\u2028b\u2029c\u0085d";

    assertThat(texts(read("{\"mes\":\"" + text + "\"}"))).containsExactly(text);
  }

  @Test
  void bad_lines_are_skipped_and_listed_by_number_without_their_text() {
    ChatFile file =
        read(
            String.join(
                "\n",
                HEADER,
                ONE,
                "{\"mes\":\"secret",
                "[]",
                "{\"secret\":1}",
                HEADER,
                TWO + TWO,
                "{\"mes\":\"" + "secret".repeat(200) + "\"}",
                TWO));

    assertThat(texts(file)).containsExactly("one", "two");
    assertThat(file.badLines()).extracting(BadLine::line).containsExactly(3, 4, 5, 6, 7, 8);
    assertThat(file.badLines())
        .extracting(BadLine::reason)
        .noneMatch(reason -> reason.contains("secret"));
    assertThat(file.badLines().get(5).reason()).contains("max.line.bytes");
    assertThat(file.endsInBadLine()).isFalse();
  }

  @Test
  void a_last_line_that_is_cut_anywhere_is_a_bad_line() {
    byte[] whole = (HEADER + "\n" + ONE + "\n" + TWO).getBytes(StandardCharsets.UTF_8);
    int lastLine = whole.length - TWO.length();

    for (int cut = lastLine + 1; cut < whole.length; cut++) {
      ChatFile file = read(java.util.Arrays.copyOf(whole, cut));
      assertThat(file.endsInBadLine()).as("cut at %d", cut).isTrue();
      assertThat(texts(file)).containsExactly("one");
    }
  }

  @Test
  void bytes_that_are_no_utf8_become_replacement_characters() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("{\"mes\":\"caf".getBytes(StandardCharsets.UTF_8));
    bytes.write(0xE9);
    bytes.writeBytes(" \uD83D\uDE00\"}".getBytes(StandardCharsets.UTF_8));

    assertThat(texts(read(bytes.toByteArray()))).containsExactly("caf\uFFFD \uD83D\uDE00");
  }

  @Test
  void half_an_emoji_becomes_a_replacement_character() {
    assertThat(message("{\"mes\":\"a\\ud83d b\"}").text()).isEqualTo("a\uFFFD b");
    assertThat(message("{\"mes\":\"\\ud83d\\ude00\"}").text()).isEqualTo("\uD83D\uDE00");
  }

  @Test
  void any_bytes_at_all_are_survived() {
    java.util.Random random = new java.util.Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = (HEADER + "\n" + ONE + "\n" + TWO).getBytes(StandardCharsets.UTF_8);
      for (int j = 0; j < 5; j++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      ChatFile file = read(bytes);
      texts(file);
      assertThat(file.size() + file.badLines().size()).isBetween(0, 8);
    }
  }

  @ParameterizedTest(name = "is_system {0} hides: {1}")
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "true, true",
        "false, false",
        "'\"\"', false",
        "'\"false\"', true",
        "0, false",
        "-0.0, false",
        "1, true",
        "null, false",
        "'{}', true",
        "'[]', true"
      })
  void a_flag_is_what_javascript_makes_of_it(String value, boolean hidden) {
    assertThat(message("{\"mes\":\"x\",\"is_system\":" + value + "}").hidden()).isEqualTo(hidden);
  }

  @Test
  void a_message_without_flags_is_the_characters_and_visible() {
    ChatMessage message = message("{\"mes\":\"x\"}");

    assertThat(message.role()).isEqualTo(Role.ASSISTANT);
    assertThat(message.hidden()).isFalse();
    assertThat(message.sendDate()).isNull();
    assertThat(message.swipes()).isEqualTo(1);
  }

  @Test
  void narrators_notes_and_tool_calls_are_not_the_character() {
    assertThat(message("{\"mes\":\"x\",\"extra\":{\"type\":\"narrator\"}}").role())
        .isEqualTo(Role.NARRATOR);
    assertThat(message("{\"mes\":\"x\",\"extra\":{\"type\":\"comment\"}}").role())
        .isEqualTo(Role.SYSTEM);
    assertThat(message("{\"mes\":\"x\",\"extra\":{\"tool_invocations\":[{\"id\":1}]}}").role())
        .isEqualTo(Role.SYSTEM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"mes\":\"x\",\"extra\":{\"gen_id\":123456789012345678901234567890}}",
        "{\"mes\":\"x\",\"swipe_id\":1e400,\"swipes\":{\"a\":1},\"swipe_info\":7}",
        "{\"mes\":\"x\",\"swipe_id\":\"NaN\",\"swipe_info\":[null,1,{\"send_date\":{}}]}",
        "{\"mes\":\"x\",\"extra\":null,\"name\":null,\"original_avatar\":{},\"send_date\":[]}",
        "{\"mes\":\"y\",\"mes\":\"x\"}"
      })
  void odd_values_do_no_harm(String json) {
    assertThat(message(json).text()).isEqualTo("x");
  }

  @Test
  void a_known_line_is_not_parsed_again() {
    TurnContent known = new TurnContent(Role.NARRATOR, true, 42, 43, 44, 0);
    byte[] bytes = (HEADER + "\n" + ONE).getBytes(StandardCharsets.UTF_8);
    long hash = read(bytes).lineHash(0);

    ChatFile file = ChatFile.read(bytes, 1000, Map.of(hash, known), ZoneOffset.UTC);

    assertThat(file.content(0)).isSameAs(known);
  }
}
