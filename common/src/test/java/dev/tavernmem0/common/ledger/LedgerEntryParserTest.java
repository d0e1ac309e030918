package dev.tavernmem0.common.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class LedgerEntryParserTest {
  private static final LedgerEntry ENTRY =
      new LedgerEntry(
          LedgerEntry.VERSION,
          "b",
          1,
          "c",
          "f \"é\" 😀",
          new Scope("u", "a"),
          List.of("Ada", "Bob"),
          Fate.RETRACTED,
          "edited",
          List.of(
              new LedgerTurn("t1", null, "u1", "h1", 7, false),
              new LedgerTurn("t2", "d", "u2#2", "h2", 1L << 40, true)),
          List.of("m1", "m2"),
          List.of(new Merge("m3", Merge.Change.KEEP)),
          2,
          1_795_765_482_044L);

  private static final LedgerEntry BARE =
      new LedgerEntry(
          "b",
          0,
          "c",
          "f",
          new Scope("u", "a"),
          List.of(),
          Fate.SAID,
          null,
          List.of(),
          List.of(),
          0,
          0);

  @Test
  void what_is_written_is_read_without_data_binding() {
    assertThat(LedgerEntryParser.parse(LedgerCodec.encode(ENTRY))).isEqualTo(ENTRY);
    assertThat(LedgerEntryParser.parse(LedgerCodec.encode(BARE))).isEqualTo(BARE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"", "{", "}", "[", "]", ",", ":", " ", "n", "0", "-", ".", "\\", "\0"})
  void what_it_accepts_with_another_byte_in_it_data_binding_reads_alike(String other) {
    String json = written();
    for (int at = 0; at <= json.length(); at++) {
      alike(json.substring(0, at) + other + json.substring(at));
      if (at < json.length()) {
        alike(json.substring(0, at) + other + json.substring(at + 1));
      }
    }
  }

  @Test
  void what_it_accepts_with_a_piece_left_out_or_told_twice_data_binding_reads_alike() {
    String json = written();
    for (int from = 0; from < json.length(); from++) {
      for (int to = from + 1; to <= Math.min(json.length(), from + 40); to++) {
        alike(json.substring(0, from) + json.substring(to));
        alike(json.substring(0, to) + json.substring(from));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "true", "1", "-1", "1.0", "1e30", "\"\"", "\"1\"", "[]", "{}"})
  void what_it_accepts_with_another_value_data_binding_reads_alike(String other) {
    String json = written();
    for (int colon = json.indexOf(':'); colon >= 0; colon = json.indexOf(':', colon + 1)) {
      for (int end = colon + 2; end <= Math.min(json.length(), colon + 30); end++) {
        alike(json.substring(0, colon + 1) + other + json.substring(end));
      }
    }
  }

  private static String written() {
    return new String(LedgerCodec.encode(ENTRY), StandardCharsets.UTF_8);
  }

  private static void alike(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    LedgerEntry parsed;
    try {
      parsed = LedgerEntryParser.parse(bytes);
    } catch (JacksonException e) {
      return;
    }
    assertThat(Json.MAPPER.readValue(bytes, LedgerEntry.class)).as(json).isEqualTo(parsed);
  }
}
