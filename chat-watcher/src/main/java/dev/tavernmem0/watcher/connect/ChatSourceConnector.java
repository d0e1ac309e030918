package dev.tavernmem0.watcher.connect;

import dev.tavernmem0.watcher.state.StateKeys;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the turns of SillyTavern's chats as change events. One task: the chats of one
 * SillyTavern lie on one disk.
 */
public final class ChatSourceConnector extends SourceConnector {
  private Map<String, String> properties = Map.of();

  @Override
  public String version() {
    return Version.get();
  }

  @Override
  public void start(Map<String, String> props) {
    properties = Map.copyOf(new ChatSourceConfig(props).originalsStrings());
  }

  @Override
  public Class<? extends Task> taskClass() {
    return ChatSourceTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return List.of(properties);
  }

  @Override
  public void stop() {
    properties = Map.of();
  }

  @Override
  public ConfigDef config() {
    return ChatSourceConfig.definition();
  }

  /** The state is in the offsets, and nowhere else. */
  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> props) {
    return ExactlyOnceSupport.SUPPORTED;
  }

  /** A transaction per batch, so that a save is visible as a whole. */
  @Override
  public ConnectorTransactionBoundaries canDefineTransactionBoundaries(Map<String, String> props) {
    return ConnectorTransactionBoundaries.SUPPORTED;
  }

  /**
   * Accepts changes of the state. A removed offset makes the watcher forget what it is about.
   *
   * @throws ConnectException if a change is not of this connector's state
   */
  @Override
  public boolean alterOffsets(
      Map<String, String> props, Map<Map<String, ?>, @Nullable Map<String, ?>> offsets) {
    // Connect parses what an operator sent, and types may not be what they say.
    for (Map.Entry<?, ?> change : ((Map<?, ?>) offsets).entrySet()) {
      requirePartition(change.getKey());
      requireOffset(change.getKey(), change.getValue());
    }
    return true;
  }

  private static void requirePartition(@Nullable Object source) {
    if (!(source instanceof Map<?, ?> partition)
        || !(partition.get("kind") instanceof String kind)
        || !StateKeys.KINDS.contains(kind)) {
      throw new ConnectException(
          "not a source partition of this connector: "
              + source
              + "; its \"kind\" is one of "
              + StateKeys.KINDS);
    }
    partition.forEach(
        (name, value) -> {
          if (!(value instanceof String)) {
            throw new ConnectException(
                "source partition " + partition + ": \"" + name + "\" is not a string");
          }
        });
    if (!partition.containsKey("tavern")) {
      throw new ConnectException("source partition " + partition + " names no \"tavern\"");
    }
  }

  private static void requireOffset(@Nullable Object partition, @Nullable Object offset) {
    if (offset != null && (!(offset instanceof Map<?, ?> values) || values.isEmpty())) {
      throw new ConnectException(
          "source partition " + partition + ": an offset is null or a map with values");
    }
  }
}
