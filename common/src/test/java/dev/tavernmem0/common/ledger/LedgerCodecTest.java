package dev.tavernmem0.common.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerCodecTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "{}", "[1]", "{\"batch_id\":\"b\"}", "{\"batch_id\":{}}"})
  void what_is_no_ledger_entry_is_refused(String value) {
    assertThatThrownBy(() -> LedgerCodec.decode(value.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(InvalidLedgerEntryException.class)
        .hasMessageStartingWith("not a ledger entry");
  }

  @Test
  void a_fate_of_a_newer_version_reads_as_unknown() {
    String newer =
        "{\"version\":2,\"batch_id\":\"b\",\"chat_id\":\"c\",\"chat_file\":\"f\","
            + "\"scope\":{\"user_id\":\"u\",\"agent_id\":\"a\"},\"fate\":\"archived\"}";

    LedgerEntry entry = LedgerCodec.decode(newer.getBytes(StandardCharsets.UTF_8));

    assertThat(entry.fate()).isEqualTo(Fate.UNKNOWN);
    assertThat(LedgerCodec.decode(LedgerCodec.encode(entry))).isEqualTo(entry);
  }

  @Test
  void what_mem0_merged_is_told_by_its_events_and_older_entries_tell_none() {
    String entry =
        "{\"version\":2,\"batch_id\":\"b\",\"chat_id\":\"c\",\"chat_file\":\"f\","
            + "\"scope\":{\"user_id\":\"u\",\"agent_id\":\"a\"},\"fate\":\"written\"";
    String merges =
        ",\"merges\":[{\"memory_id\":\"m\",\"change\":\"update\"},"
            + "{\"memory_id\":\"n\",\"change\":\"delete\"},"
            + "{\"memory_id\":\"o\",\"change\":\"keep\"},"
            + "{\"memory_id\":\"p\",\"change\":\"rewrite\"}]";

    LedgerEntry older = LedgerCodec.decode((entry + "}").getBytes(StandardCharsets.UTF_8));
    LedgerEntry merged =
        LedgerCodec.decode((entry + merges + "}").getBytes(StandardCharsets.UTF_8));

    assertThat(older.merges()).isEmpty();
    assertThat(merged.merges())
        .containsExactly(
            new Merge("m", Merge.Change.UPDATE),
            new Merge("n", Merge.Change.DELETE),
            new Merge("o", Merge.Change.KEEP),
            new Merge("p", Merge.Change.UNKNOWN));
    assertThat(LedgerCodec.decode(LedgerCodec.encode(merged))).isEqualTo(merged);
  }

  @Test
  void an_entry_that_lacks_only_its_chats_file_name_is_one() {
    String older =
        "{\"version\":2,\"batch_id\":\"b\",\"chat_id\":\"c\",\"chat_file\":null,"
            + "\"scope\":{\"user_id\":\"u\",\"agent_id\":\"a\"},\"fate\":\"written\"}";

    LedgerEntry entry = LedgerCodec.decode(older.getBytes(StandardCharsets.UTF_8));

    assertThat(entry.chatFile()).isEqualTo("c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"version\":1,", "\"version\":3,"})
  void an_entry_of_another_format_is_told_from_what_is_no_entry(String version) {
    String other =
        "{"
            + version
            + "\"batch_id\":\"b\",\"chat_id\":\"c\",\"chat_file\":\"f\","
            + "\"scope\":{\"user_id\":\"u\",\"agent_id\":\"a\"},\"fate\":\"written\","
            + "\"turns\":[{\"turn_id\":\"t\",\"hash\":\"h\",\"offset\":0}]}";

    assertThatThrownBy(() -> LedgerCodec.decode(other.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(OtherLedgerVersionException.class)
        .hasMessageContaining("format 2");
  }
}
