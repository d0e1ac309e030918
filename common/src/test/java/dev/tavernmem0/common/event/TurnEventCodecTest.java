package dev.tavernmem0.common.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnEventCodecTest {
  private static final Group GROUP =
      new Group("1700000000000", "The Inn", List.of("Carol", "default_Seraphina"));

  private static TurnEvent event(String text, String raw) {
    return new TurnEvent(
        Op.UPDATE,
        new TurnRef("00000000000000aa", "00000000000000bb"),
        new Turn(
            "00000000000000aa",
            "00000000000000cc",
            12,
            Role.ASSISTANT,
            "Seraphina",
            "default_Seraphina",
            text,
            Instant.parse("2025-12-28T09:00:00.123Z"),
            false,
            true,
            1,
            3),
        new Source(
            "sillytavern",
            "0.1.0",
            "tavern",
            1_766_912_400_123L,
            SnapshotMarker.LAST,
            "default-user",
            "group:17",
            ChatKind.GROUP,
            null,
            GROUP,
            "default-user:b307df67",
            "Seraphina - 2025-12-28.jsonl",
            null,
            Cause.CHAT_DELETED,
            "save-1",
            raw),
        "00000000000000dd",
        1_766_912_400_456L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "emoji 👩‍👩‍👧 🏳️‍🌈",
        "我住在布拉格，养了一只猫",
        "separators \u2028 and \u2029 raw",
        "quotes \" back\\slash \t tab \r\n line \u0000 nul \u001f",
        ""
      })
  void text_survives_the_round_trip_exactly(String text) {
    TurnEvent event = event(text, null);

    assertThat(TurnEventCodec.decode(TurnEventCodec.encode(event))).isEqualTo(event);
  }

  @Test
  void the_end_of_an_empty_chats_snapshot_has_no_turn_and_no_other_event_may_lack_it() {
    TurnEvent event = event("text", null);
    TurnEvent empty =
        new TurnEvent(Op.READ, null, null, event.source(), event.eventId(), event.tsMs());

    assertThat(TurnEventCodec.decode(TurnEventCodec.encode(empty))).isEqualTo(empty);
    String amid =
        new String(TurnEventCodec.encode(empty), StandardCharsets.UTF_8)
            .replace("\"snapshot\":\"last\"", "\"snapshot\":\"incremental\"");
    assertThatThrownBy(() -> TurnEventCodec.decode(amid))
        .isInstanceOf(InvalidTurnEventException.class)
        .hasMessageContaining("after");
  }

  @Property
  void any_text_that_utf8_can_carry_survives(@ForAll String text) {
    String wellFormed = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    TurnEvent event = event(wellFormed, wellFormed);

    assertThat(TurnEventCodec.decode(TurnEventCodec.encode(event))).isEqualTo(event);
  }

  @Test
  void a_raw_line_with_numbers_beyond_long_survives_verbatim() {
    String raw = "{\"mes\":\"hi\u2028\",\"extra\":{\"gen_id\":92233720368547758079,\"x\":1.10}}";

    TurnEvent decoded = TurnEventCodec.decode(TurnEventCodec.encode(event("hi", raw)));

    assertThat(decoded.source().raw()).isEqualTo(raw);
  }

  @Test
  void the_json_is_the_documented_debezium_shape() {
    String json = new String(TurnEventCodec.encode(event("hi", null)), StandardCharsets.UTF_8);

    assertThat(json)
        .contains("\"op\":\"u\"")
        .contains("\"before\":{\"turn_id\":\"00000000000000aa\",\"hash\":\"00000000000000bb\"}")
        .contains("\"sent_at\":\"2025-12-28T09:00:00.123Z\"")
        .contains("\"snapshot\":\"last\"")
        .contains("\"cause\":\"chat-deleted\"")
        .contains("\"kind\":\"group\"")
        .contains("\"parent_chat_id\":null");
  }

  @Test
  void fields_that_a_reader_does_not_know_are_ignored() {
    String json = new String(TurnEventCodec.encode(event("hi", null)), StandardCharsets.UTF_8);
    String newer =
        json.replace(
            "\"op\":\"u\"",
            "\"op\":\"u\",\"added_later\":{\"n\":92233720368547758079,\"list\":[1,{}]}");

    assertThat(TurnEventCodec.decode(newer)).isEqualTo(event("hi", null));
  }

  @Test
  void an_unknown_op_is_kept_apart_and_not_refused() {
    String json =
        new String(TurnEventCodec.encode(event("hi", null)), StandardCharsets.UTF_8)
            .replace("\"op\":\"u\"", "\"op\":\"truncate\"");

    assertThat(TurnEventCodec.decode(json).op()).isEqualTo(Op.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{", "not json", "{\"op\":\"c\"}", "\u0000"})
  void what_is_no_turn_event_is_refused_with_a_message(String value) {
    assertThatThrownBy(() -> TurnEventCodec.decode(value))
        .isInstanceOf(InvalidTurnEventException.class)
        .hasMessageStartingWith("not a turn event");
  }

  @Test
  void a_refusal_names_the_missing_field_and_never_quotes_the_text() {
    String json =
        new String(TurnEventCodec.encode(event("a secret", null)), StandardCharsets.UTF_8)
            .replace("\"chat_id\":\"default-user:b307df67\"", "\"chat\":1");

    assertThatThrownBy(() -> TurnEventCodec.decode(json))
        .isInstanceOf(InvalidTurnEventException.class)
        .hasMessageContaining("source.chat_id")
        .hasMessageNotContaining("a secret");
  }
}
