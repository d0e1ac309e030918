package dev.tavernmem0.watcher.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.watcher.state.StateKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChatSourceConnectorTest {
  private static final Map<String, String> SNAPSHOT = Map.of("tavern", "inn", "kind", "snapshot");

  private final ChatSourceConnector connector = new ChatSourceConnector();

  private boolean alter(Map<String, ?> partition, @Nullable Map<String, ?> offset) {
    Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
    offsets.put(partition, offset);
    return connector.alterOffsets(Map.of(), offsets);
  }

  @Test
  void it_is_exactly_once_and_says_itself_where_a_transaction_ends() {
    assertThat(connector.exactlyOnceSupport(Map.of())).isEqualTo(ExactlyOnceSupport.SUPPORTED);
    assertThat(connector.canDefineTransactionBoundaries(Map.of()))
        .isEqualTo(ConnectorTransactionBoundaries.SUPPORTED);
  }

  @Test
  void its_state_can_be_altered_and_removed() {
    assertThat(alter(SNAPSHOT, Map.of("value", "done"))).isTrue();
    assertThat(alter(SNAPSHOT, null)).isTrue();
    assertThat(connector.alterOffsets(Map.of(), Map.of())).isTrue();
  }

  @Test
  void every_partition_of_the_state_is_its_own() {
    StateKeys keys = new StateKeys("inn");
    for (Map<String, String> partition :
        List.of(
            keys.layout(),
            keys.snapshot(),
            keys.snapshots(),
            keys.signals(),
            keys.directories(),
            keys.files("eve/Mara", 1),
            keys.turns("eve:1", 0))) {
      assertThat(alter(partition, Map.of("value", "x"))).isTrue();
    }
  }

  @Test
  void a_partition_that_is_not_its_own_is_refused() {
    assertThatThrownBy(() -> alter(Map.of("filename", "x"), null))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("not a source partition of this connector: {filename=x}");
    assertThatThrownBy(() -> alter(Map.of("kind", "turns"), null))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("names no \"tavern\"");
    assertThatThrownBy(() -> alter(Map.of("kind", "turns", "tavern", "inn", "block", 1L), null))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("\"block\" is not a string");
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void an_offset_that_is_no_map_is_refused() {
    // Connect parses JSON and does not look at types.
    Map offsets = Map.of(SNAPSHOT, List.of("done"));

    assertThatThrownBy(() -> connector.alterOffsets(Map.of(), offsets))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("an offset is null or a map");
  }
}
