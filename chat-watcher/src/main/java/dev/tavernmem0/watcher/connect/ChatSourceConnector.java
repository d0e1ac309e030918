package dev.tavernmem0.watcher.connect;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
  /** What {@code StateKeys} makes, now and in earlier versions. */
  private static final Set<String> PARTITION_KINDS =
      new TreeSet<>(Set.of("directories", "files", "layout", "snapshot", "turns"));

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
    offsets.forEach(
        (partition, offset) -> {
          // Connect parses what an operator sent, so that types may not be what they say.
          requirePartition(partition);
          requireOffset(partition, offset);
        });
    return true;
  }

  private static void requirePartition(@Nullable Map<String, ?> partition) {
    if (partition == null || !PARTITION_KINDS.contains(partition.get("kind"))) {
      throw new ConnectException(
          "not a source partition of this connector: "
              + partition
              + "; its \"kind\" is one of "
              + PARTITION_KINDS);
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

  private static void requireOffset(Map<String, ?> partition, @Nullable Object offset) {
    if (offset != null && (!(offset instanceof Map<?, ?> values) || values.isEmpty())) {
      throw new ConnectException(
          "source partition " + partition + ": an offset is null or a map with values");
    }
  }
}
