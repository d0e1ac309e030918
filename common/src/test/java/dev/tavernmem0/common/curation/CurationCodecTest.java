package dev.tavernmem0.common.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.identity.Scope;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CurationCodecTest {
  private static final Scope SCOPE = new Scope("alice", "group:17");
  private static final long NOW = 1_766_912_400_123L;

  private static Forgotten forgotten(String text) {
    return new Forgotten(SCOPE, "m1", text, "b1", List.of("t1", "t2"), List.of("u1"), NOW);
  }

  static Stream<Curation> every_kind_survives_the_round_trip() {
    return Stream.of(
        forgotten("Alex lives in Prague"),
        new Forgotten(SCOPE, "m1", "", null, List.of(), List.of(), 0),
        new Edited(SCOPE, "m1", "new", "old", "b1", List.of("t1"), List.of("u1"), NOW),
        new Pinned(SCOPE, "m1", "text", null, List.of(), List.of("u1"), NOW),
        new Added(SCOPE, "m1", "text", NOW),
        new ChatIgnored(SCOPE, "alice:b307df67", NOW),
        new TurnsForgotten(SCOPE, "alice:b307df67", "f1", 1, List.of("t1", "t2"), NOW));
  }

  @ParameterizedTest
  @MethodSource
  void every_kind_survives_the_round_trip(Curation curation) {
    assertThat(CurationCodec.decode(CurationCodec.encode(curation))).isEqualTo(curation);
  }

  @ParameterizedTest
  @MethodSource("every_kind_survives_the_round_trip")
  void every_kinds_key_tells_whose_and_what_it_is(Curation curation) {
    assertThat(CurationKey.parse(curation.key().bytes())).contains(curation.key());
    assertThat(curation.key().toString())
        .isEqualTo("alice/group:17/" + curation.kind() + "/" + curation.id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "emoji 👩‍👩‍👧 🏳️‍🌈",
        "我住在布拉格，养了一只猫",
        "separators \u2028 and \u2029 raw",
        "quotes \" back\\slash \t tab \r\n line \u0000 nul \u001f"
      })
  void text_survives_the_round_trip_exactly(String text) {
    assertThat(CurationCodec.decode(CurationCodec.encode(forgotten(text))))
        .isEqualTo(forgotten(text));
  }

  @Property
  void any_text_can_be_written(@ForAll String text) {
    Forgotten forgotten = forgotten(text);

    assertThat(CurationCodec.decode(CurationCodec.encode(forgotten))).isEqualTo(forgotten);
  }

  @Test
  void half_a_surrogate_pair_becomes_a_replacement_character() {
    assertThat(forgotten("a\uD83Db").text()).isEqualTo("a\uFFFDb");
  }

  @Test
  void the_json_is_the_documented_one() {
    assertThat(json(forgotten("hi")))
        .isEqualTo(
            "{\"kind\":\"forgotten\",\"scope\":{\"user_id\":\"alice\",\"agent_id\":\"group:17\"},"
                + "\"memory_id\":\"m1\",\"text\":\"hi\",\"batch_id\":\"b1\","
                + "\"turn_ids\":[\"t1\",\"t2\"],\"utterances\":[\"u1\"],\"ts_ms\":1766912400123}");
  }

  @Test
  void fields_that_a_reader_does_not_know_are_ignored_and_lists_may_be_absent() {
    String newer =
        "{\"kind\":\"pinned\",\"scope\":{\"user_id\":\"u\",\"agent_id\":\"a\",\"x\":1},"
            + "\"memory_id\":\"m\",\"text\":\"t\",\"later\":{\"n\":92233720368547758079}}";

    assertThat(decode(newer))
        .isEqualTo(new Pinned(new Scope("u", "a"), "m", "t", null, List.of(), List.of(), 0));
  }

  @Test
  void a_kind_of_a_newer_version_reads_as_unknown_and_is_never_written() {
    Curation newer = decode(json(forgotten("hi")).replace("forgotten", "merged"));

    assertThat(newer).isEqualTo(new Unknown(SCOPE, "merged", NOW));
    assertThatThrownBy(() -> CurationCodec.encode(newer))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{", "not json", "{}", "{\"kind\":1}", "\u0000", "3"})
  void what_is_no_decision_is_refused(String value) {
    assertThatThrownBy(() -> decode(value))
        .isInstanceOf(InvalidCurationException.class)
        .hasMessageStartingWith("not a curation record");
  }

  @Test
  void a_record_without_a_value_is_no_decision() {
    assertThatThrownBy(() -> CurationCodec.decode(null))
        .isInstanceOf(InvalidCurationException.class)
        .hasMessage("not a curation record: no value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      textBlock =
          """
          # in the JSON                                | instead       | is told as
          "scope":{"user_id":"alice","agent_id":"group:17"} | "x":1 | scope is missing
          "user_id":"alice"                            | "x":1         | scope.user_id is missing
          "user_id":"alice"                            | "user_id":""  | scope.user_id is empty
          "agent_id":"group:17"                        | "agent_id":"a/b" | scope.agent_id has a slash in it
          "memory_id":"m1"                             | "x":1         | memory_id is missing
          "memory_id":"m1"                             | "memory_id":{} | memory_id
          "text":"a secret"                            | "x":1         | text is missing
          "batch_id":"b1"                              | "batch_id":"" | batch_id is empty
          "turn_ids":["t1","t2"]                       | "turn_ids":["\\u0000"] | turn_ids has U+0000 in it
          "utterances":["u1"]                          | "utterances":[""] | utterances is empty
          "utterances":["u1"]                          | "utterances":"a secret" | utterances
          "ts_ms":1766912400123                        | "ts_ms":-1    | ts_ms is -1, not 0 to 253402300799999
          "ts_ms":1766912400123                        | "ts_ms":"a secret" | ts_ms
          """)
  void a_refusal_names_the_field_and_never_quotes_the_text(
      String field, String instead, String told) {
    String json = json(forgotten("a secret"));
    assertThat(json).contains(field);

    assertThatThrownBy(() -> decode(json.replace(field, instead)))
        .isInstanceOf(InvalidCurationException.class)
        .hasMessageContaining(told)
        .hasMessageNotContaining("a secret")
        .hasNoCause();
  }

  @Test
  void what_an_edit_replaces_and_which_chat_is_ignored_must_be_told() {
    assertThatThrownBy(() -> decode(json(forgotten("hi")).replace("\"forgotten\"", "\"edited\"")))
        .hasMessageContaining("previous_text is missing");
    assertThatThrownBy(
            () -> decode(json(forgotten("hi")).replace("\"forgotten\"", "\"chat-ignored\"")))
        .hasMessageContaining("chat_id is missing");
  }

  @ParameterizedTest
  @MethodSource("every_kind_survives_the_round_trip")
  void no_decision_prints_what_a_memory_says(Curation curation) {
    assertThat(curation.toString()).contains(curation.key().toString()).doesNotContain("text");
    assertThat(forgotten("a secret").toString()).doesNotContain("a secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a/b/c", "a/b/c/", "/b/c/d", "a//c/d"})
  void what_is_no_key_is_none(String key) {
    assertThat(CurationKey.parse(key.getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(CurationKey.parse(null)).isEmpty();
  }

  @Test
  void an_id_may_have_slashes_in_it() {
    assertThat(CurationKey.parse("u/a/forgotten/x/y".getBytes(StandardCharsets.UTF_8)))
        .contains(new CurationKey(new Scope("u", "a"), "forgotten", "x/y"));
  }

  private static Curation decode(String json) {
    return CurationCodec.decode(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String json(Curation curation) {
    return new String(CurationCodec.encode(curation), StandardCharsets.UTF_8);
  }
}
