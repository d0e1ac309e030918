package dev.tavernmem0.watcher.chatfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.watcher.diff.ChatDiff;
import dev.tavernmem0.watcher.diff.ChatSnapshot;
import dev.tavernmem0.watcher.diff.TurnState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatFileTest {
  private static final String HEADER = Line.header("abc");
  private static final String ONE = Line.user("one", 1).json();
  private static final String TWO = Line.ai("two", 2).json();

  private static ChatFile read(byte[] bytes) {
    return ChatFile.read(bytes, 1000, KnownLines.NONE, ZoneOffset.UTC);
  }

  private static ChatFile read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> texts(ChatFile file) {
    return IntStream.range(0, file.size()).mapToObj(i -> file.message(i).text()).toList();
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eda080", // half of a surrogate pair
        "eda0bdedb880", // a pair in three bytes each
        "c080", // an overlong NUL
        "e08080",
        "f0808080",
        "f4908080", // beyond Unicode
        "f8888080",
        "c3", // cut short
        "e4bd",
        "80",
        "ff",
        "feff"
      })
  void bytes_that_other_readers_take_for_characters_become_replacement_characters(String hex) {
    byte[] bytes = HexFormat.of().parseHex("7b226d6573223a2261" + hex + "62227d");

    String text = texts(read(bytes)).get(0);

    assertThat(text).matches("a\uFFFD+b");
    assertThat(read(bytes).raw(0)).isEqualTo("{\"mes\":\"" + text + "\"}");
  }

  @Test
  void a_byte_order_mark_amid_the_file_makes_a_bad_line() {
    ChatFile file = read(ONE + "\n\uFEFF" + TWO);

    assertThat(texts(file)).containsExactly("one");
    assertThat(file.badLineCount()).isEqualTo(1);
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
        "1e99999999999, true",
        "-1e99999999999, true",
        "1e-99999, false",
        "0e99999999999, false",
        "5e-324, true",
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
        "{\"mes\":\"y\",\"mes\":\"x\"}",
        "{\"mes\":\"x\",\"is_user\":1e99999999999,\"swipe_id\":1e99999999999}",
        "{\"mes\":\"x\",\"send_date\":\"+1000000000-01-01T00:00:00Z\"}",
        "{\"mes\":\"x\",\"send_date\":1e99999999999}",
        "{\"mes\":\"x\",\"swipe_info\":[{\"send_date\":\"-999999999-01-01T00:00:00Z\"}]}"
      })
  void odd_values_do_no_harm(String json) {
    assertThat(message(json).text()).isEqualTo("x");
  }

  @Test
  void a_known_line_is_not_parsed_again() {
    TurnContent known = new TurnContent(Role.NARRATOR, true, 42, 43, 44, 0);
    byte[] bytes = (HEADER + "\n" + ONE).getBytes(StandardCharsets.UTF_8);
    TurnState turn = new TurnState(0, 1, null, known, read(bytes).line(0));
    ChatSnapshot snapshot = new ChatSnapshot(List.of(turn), List.of(), 1);

    ChatFile file = ChatFile.read(bytes, 1000, snapshot.lines(), ZoneOffset.UTC);

    assertThat(file.content(0)).isSameAs(known);
  }

  /** What stands before, behind and instead of a line that is known. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          '',            '\n'
          '\n\n',        '\n\n'
          'bad\n',       ''
          '',            '\r\n'
          '',            '   '
          '{"mes":"before"}\n', '\n{"mes":"behind"}'
          '{"mes":"before"}\n', '\n{"mes":"one","send'
          '',            ',"longer":1}'
          """)
  void a_known_line_reads_as_it_would_if_it_were_not_known(String before, String behind) {
    String text = before.translateEscapes() + ONE + behind.translateEscapes();
    byte[] bytes = (HEADER + "\n" + text).getBytes(StandardCharsets.UTF_8);
    ChatSnapshot known = new ChatSnapshot();
    ChatDiff.between(known, read(HEADER + "\n" + ONE + "\n" + TWO))
        .changes()
        .forEach(change -> known.apply(change, 0));

    ChatFile anew = read(bytes);
    ChatFile again = ChatFile.read(bytes, 1000, known.lines(), ZoneOffset.UTC);

    assertThat(texts(again)).isEqualTo(texts(anew));
    assertThat(again.contents()).isEqualTo(anew.contents());
    assertThat(again.badLines()).isEqualTo(anew.badLines());
    assertThat(again.endsInBadLine()).isEqualTo(anew.endsInBadLine());
  }

  @Test
  void a_chat_with_more_messages_than_fit_is_refused() {
    ChatLimits limits = ChatLimits.ofMemory(1000, 3 * 1024);
    String three = "{\"mes\":1}\n".repeat(3) + "[1,2,30]\n\n".repeat(90);
    byte[] bytes = (three + "{\"mes\":1}").getBytes(StandardCharsets.UTF_8);

    assertThat(ChatFile.read(bytes, three.length(), limits, KnownLines.NONE, ZoneOffset.UTC).size())
        .isEqualTo(3);
    assertThatThrownBy(
            () -> ChatFile.read(bytes, bytes.length, limits, KnownLines.NONE, ZoneOffset.UTC))
        .isInstanceOf(TooManyMessagesException.class)
        .hasMessageContaining("more than 3 messages")
        .hasMessageContaining("-Xmx");
  }

  @Test
  void of_a_field_that_is_there_twice_the_last_counts() {
    assertThat(message("{\"mes\":\"x\",\"extra\":{\"type\":\"narrator\"},\"extra\":{}}").role())
        .isEqualTo(Role.ASSISTANT);
    assertThat(
            message("{\"mes\":\"x\",\"swipe_info\":[{\"send_date\":1}],\"swipe_info\":[]}")
                .swipeDates())
        .isEmpty();
  }

  @Test
  void names_and_numbers_may_be_as_long_as_the_line() {
    String number = "7".repeat(400);
    String name = "n".repeat(400);

    assertThat(message("{\"mes\":\"x\",\"" + name + "\":" + number + "}").text()).isEqualTo("x");
    assertThat(message("{\"mes\":\"x\",\"is_system\":" + number + "}").hidden()).isTrue();
  }

  @Test
  void nesting_without_end_is_a_bad_line() {
    ChatFile file =
        ChatFile.read(
            ("{\"mes\":\"x\",\"a\":" + "[".repeat(100_000) + "\n" + ONE)
                .getBytes(StandardCharsets.UTF_8),
            1 << 20,
            KnownLines.NONE,
            ZoneOffset.UTC);

    assertThat(texts(file)).containsExactly("one");
    assertThat(file.badLines()).extracting(BadLine::line).containsExactly(1);
    assertThat(file.badLines().get(0).reason()).contains("nested");
  }

  @Test
  void text_in_another_encoding_is_no_chat() {
    for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      for (String mark : List.of("", "\uFEFF")) {
        ChatFile file = read((mark + ONE + "\n" + TWO).getBytes(charset));

        assertThat(file.size()).isZero();
        assertThat(file.badLineCount()).isEqualTo(2);
      }
    }
  }

  @Test
  void of_many_bad_lines_the_first_are_listed_and_all_are_counted() {
    ChatFile file = read("x\n".repeat(100_000) + ONE);

    assertThat(file.badLineCount()).isEqualTo(100_000);
    assertThat(file.badLines()).hasSize(100);
    assertThat(file.badLines().get(99).line()).isEqualTo(100);
    assertThat(texts(file)).containsExactly("one");
  }

  @Test
  void the_shortest_message_is_one() {
    assertThat(texts(read("{\"mes\":1}\n{\"me\":1}"))).containsExactly("1");
  }

  @Test
  void an_integrity_that_is_no_id_is_none() {
    assertThat(read(Line.header("i".repeat(256))).header().integrity()).hasSize(256);
    assertThat(read(Line.header("i".repeat(257))).header().integrity()).isNull();
    assertThat(read(Line.header("a\\ud800b")).header().integrity()).isEqualTo("a\uFFFDb");
  }

  @Test
  void dates_of_old_and_imported_chats_are_read_or_counted() throws IOException {
    ChatFile file;
    try (InputStream in = getClass().getResourceAsStream("/cases/lines/dates.jsonl")) {
      file = read(in.readAllBytes());
    }

    assertThat(file.badLines()).isEmpty();
    assertThat(file.size()).isEqualTo(24);
    List<Instant> dates =
        IntStream.range(0, file.size())
            .mapToObj(file::message)
            .map(message -> message.sendDate() == null ? null : message.sendDate().instant())
            .toList();
    assertThat(dates.subList(1, 11))
        .allSatisfy(
            date ->
                assertThat(date)
                    .isBetween(
                        Instant.parse("2023-11-14T22:13:00Z"),
                        Instant.parse("2023-11-14T22:13:20.123Z")));
    assertThat(dates.subList(11, 22)).containsOnlyNulls();
    assertThat(dates.subList(22, 24)).doesNotContainNull();
    // All but "" and null, which are no dates at all.
    assertThat(file.unreadableDates()).isEqualTo(9);
  }

  @Test
  void a_known_line_with_an_unreadable_date_is_counted_too() {
    byte[] bytes = "{\"mes\":\"x\",\"send_date\":\"NaN\"}".getBytes(StandardCharsets.UTF_8);
    ChatFile first = read(bytes);

    ChatFile again =
        ChatFile.read(
            bytes,
            1000,
            new ChatSnapshot(
                    List.of(new TurnState(0, 1, null, first.content(0), first.line(0))),
                    List.of(),
                    1)
                .lines(),
            ZoneOffset.UTC);

    assertThat(first.unreadableDates()).isEqualTo(1);
    assertThat(again.unreadableDates()).isEqualTo(1);
  }
}
