package dev.tavernmem0.watcher.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.TurnRef;
import dev.tavernmem0.common.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class SignalCodecTest {
  private static final SnapshotSelection MARA =
      new SnapshotSelection(List.of("eve"), List.of("Mara"), List.of(), List.of(), null, null);

  static List<Signal> signals() {
    return List.of(
        new Signal.Execute("a", MARA, 5),
        new Signal.Execute("b", SnapshotSelection.ALL, 6),
        new Signal.Pause("c", "a"),
        new Signal.Resume("d", "a"),
        new Signal.Stop("e", "a"),
        new Signal.DeleteChat(
            "f",
            new GoneChat(
                "eve",
                "Mara",
                "Mara",
                null,
                "eve:1",
                "Mara.jsonl",
                "eve:0",
                List.of(new TurnRef("t", "h")))),
        new Signal.DeleteChat(
            "g",
            new GoneChat(
                "eve",
                "group",
                null,
                new Group("1", "All", List.of("Mara")),
                "eve:2",
                "1.jsonl",
                null,
                List.of())));
  }

  private static Signal decode(String json) {
    return SignalCodec.decode(json.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("signals")
  void what_is_sent_is_what_is_read(Signal signal) {
    assertThat(SignalCodec.decode(SignalCodec.encode(signal, 7))).isEqualTo(signal);
  }

  @Test
  void a_signal_has_the_form_of_debeziums() {
    JsonNode json = Json.MAPPER.readTree(SignalCodec.encode(new Signal.Execute("a", MARA, 5), 7));

    assertThat(json.path("id").asString()).isEqualTo("a");
    assertThat(json.path("type").asString()).isEqualTo("execute-snapshot");
    assertThat(json.path("data").path("characters").path(0).asString()).isEqualTo("Mara");
    assertThat(json.path("ts_ms").asLong()).isEqualTo(5);
  }

  @Test
  void a_signal_to_a_snapshot_names_it() {
    JsonNode json = Json.MAPPER.readTree(SignalCodec.encode(new Signal.Stop("b", "a"), 7));

    assertThat(json.path("type").asString()).isEqualTo("stop-snapshot");
    assertThat(json.path("data").path("snapshot_id").asString()).isEqualTo("a");
    assertThat(json.path("ts_ms").asLong()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense | no JSON object",
        "[]       | no JSON object",
        "null     | no id",
        "{\"type\":\"execute-snapshot\",\"data\":{}} | no id",
        "{\"id\":\"a\",\"data\":{}} | no type",
        "{\"id\":\"a\",\"type\":\"execute-snapshot\"} | no data",
        "{\"id\":\"a\",\"type\":\"execute-snapshot\",\"data\":[]} | no data",
        "{\"id\":\"a\",\"type\":\"execute-snapshot\",\"data\":{\"handles\":\"eve\"}} | no JSON object",
        "{\"id\":\"a\",\"type\":\"execute-snapshot\",\"data\":{\"handles\":[null]}} | no JSON object",
        "{\"id\":\"a\",\"type\":\"stop-snapshot\",\"data\":{}} | no data.snapshot_id",
        "{\"id\":\"a\",\"type\":\"delete-chat\"} | no data",
        "{\"id\":\"a\",\"type\":\"delete-chat\",\"data\":{\"handle\":\"eve\"}} | no JSON object",
        "{\"id\":\"a\",\"type\":\"log\",\"data\":{}} | unknown: log",
      })
  void what_is_no_signal_is_refused_with_a_reason(String json, String reason) {
    assertThatThrownBy(() -> decode(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void a_record_without_a_value_is_refused() {
    assertThatThrownBy(() -> SignalCodec.decode(null)).isInstanceOf(IllegalArgumentException.class);
  }
}
