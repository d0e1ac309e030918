package dev.tavernmem0.watcher.chatfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** More of it: {@code -Djqwik.tries.default=100000}. */
class HostileFilesPropertyTest {

  @Property
  void any_file_is_read_and_each_of_its_lines_accounted_for(@ForAll("files") byte[] file) {
    ChatFileInvariants.check(file);
  }

  @Property
  void a_chat_with_damaged_bytes_is_read(@ForAll("damagedChats") byte[] file) {
    ChatFileInvariants.check(file);
  }

  @Property(tries = 200)
  void a_file_cut_anywhere_keeps_the_messages_before_the_cut(
      @ForAll("chats") String chat, @ForAll Random random) {
    byte[] whole = chat.getBytes(StandardCharsets.UTF_8);
    byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length + 1));

    ChatFileInvariants.check(cut);
    ChatFile file = read(cut);
    assertThat(file.contents()).isEqualTo(read(whole).contents().subList(0, file.size()));
    assertThat(file.badLineCount()).isLessThanOrEqualTo(1);
  }

  @Property(tries = 200)
  void a_hostile_line_takes_no_other_with_it(@ForAll("lines") String hostile) {
    String before = Line.user("before", 1).json();
    String after = Line.user("after", 2).json();

    ChatFile file = read((before + "\n" + hostile + "\n" + after).getBytes(StandardCharsets.UTF_8));

    assertThat(file.message(0).text()).isEqualTo("before");
    assertThat(file.message(file.size() - 1).text()).isEqualTo("after");
  }

  /** Not a property, since one is enough. */
  @Example
  void a_line_of_400_000_keys_is_a_message() {
    String keys =
        IntStream.range(0, 400_000)
            .mapToObj(i -> "\"k" + i + "\":0")
            .collect(Collectors.joining(","));

    ChatFile file = read(("{" + keys + ",\"mes\":\"x\"}").getBytes(StandardCharsets.UTF_8));

    assertThat(file.message(0).text()).isEqualTo("x");
  }

  private static ChatFile read(byte[] bytes) {
    return ChatFile.read(bytes, 1 << 24, KnownLines.NONE, ZoneOffset.UTC);
  }

  @Provide
  Arbitrary<String> lines() {
    Arbitrary<String> value =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.of(HostileLines.VALUES)),
            Tuple.of(1, Arbitraries.bigDecimals().map(Object::toString)),
            Tuple.of(
                1,
                Arbitraries.strings()
                    .ofMaxLength(20)
                    .map(text -> '"' + text.replaceAll("[\"\\\\\\p{Cntrl}]", "?") + '"')));
    Arbitrary<String> field =
        Combinators.combine(Arbitraries.of(HostileLines.FIELDS), value)
            .as((name, json) -> '"' + name + "\":" + json);
    Arbitrary<String> object =
        field.list().ofMaxSize(8).map(fields -> '{' + String.join(",", fields) + '}');
    return Arbitraries.frequencyOf(
            Tuple.of(6, object),
            Tuple.of(1, Arbitraries.of(HostileLines.STOPPERS)),
            Tuple.of(1, value),
            Tuple.of(1, Arbitraries.strings().ofMaxLength(40)),
            Tuple.of(
                1, Arbitraries.of("", " ", "\r", "\t", "\u0000".repeat(20), "{", "}}", "\uFEFF{}")))
        .map(line -> line.replace('\n', ' '));
  }

  @Provide
  Arbitrary<String> chats() {
    return Arbitraries.strings()
        .ofMaxLength(30)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6)
        .map(
            texts ->
                Line.chat(
                    "test",
                    IntStream.range(0, texts.size())
                        .mapToObj(
                            i ->
                                i % 2 == 0
                                    ? Line.user(scalar(texts.get(i)), i)
                                    : Line.ai(scalar(texts.get(i)), i).swiped("other", i + 1))
                        .toList()));
  }

  /** Lone surrogates cannot be encoded by the test's own writer. */
  private static String scalar(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @Provide
  Arbitrary<byte[]> files() {
    List<Charset> charsets =
        List.of(
            StandardCharsets.UTF_8,
            StandardCharsets.UTF_8,
            StandardCharsets.UTF_8,
            StandardCharsets.UTF_16LE,
            StandardCharsets.UTF_16BE,
            StandardCharsets.ISO_8859_1);
    return Combinators.combine(
            lines().list().ofMaxSize(6),
            Arbitraries.of("\n", "\r\n", "\n\n"),
            Arbitraries.of("", "", "\uFEFF"),
            Arbitraries.of(charsets))
        .as((lines, end, mark, charset) -> (mark + String.join(end, lines)).getBytes(charset));
  }

  @Provide
  Arbitrary<byte[]> damagedChats() {
    return Combinators.combine(
            chats(),
            Arbitraries.randomValue(random -> random),
            Arbitraries.integers().between(1, 8))
        .as(
            (chat, random, damages) ->
                damage(chat.getBytes(StandardCharsets.UTF_8), random, damages));
  }

  private static byte[] damage(byte[] bytes, Random random, int damages) {
    byte[] damaged = bytes;
    for (int i = 0; i < damages && damaged.length > 1; i++) {
      int at = random.nextInt(damaged.length);
      if (random.nextInt(4) == 0) {
        // A piece is lost, as after a full disk.
        int end = Math.min(damaged.length, at + random.nextInt(40));
        byte[] rest = Arrays.copyOf(damaged, damaged.length - (end - at));
        System.arraycopy(damaged, end, rest, at, damaged.length - end);
        damaged = rest;
      } else {
        damaged[at] = (byte) random.nextInt(256);
      }
    }
    return damaged;
  }
}
