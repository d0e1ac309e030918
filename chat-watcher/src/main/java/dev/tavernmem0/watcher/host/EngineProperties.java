package dev.tavernmem0.watcher.host;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.watcher.connect.ChatSourceConnector;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/** The service's settings as Debezium Engine and the connector want them. */
final class EngineProperties {
  private EngineProperties() {}

  /**
   * The properties.
   *
   * @param kafka settings of the Kafka clients, the security of the connection among them: the
   *     offset store's clients need them too
   */
  static Properties of(
      WatcherProperties watcher, String bootstrapServers, Map<String, Object> kafka) {
    Properties properties = new Properties();
    kafka.forEach((key, value) -> properties.setProperty(key, text(value)));
    properties.setProperty("name", watcher.connectorConfig().tavernName());
    properties.setProperty("connector.class", ChatSourceConnector.class.getName());
    properties.setProperty("tasks.max", "1");
    properties.setProperty("offset.storage", OffsetStore.class.getName());
    properties.setProperty("bootstrap.servers", bootstrapServers);
    properties.setProperty("offset.storage.topic", Topics.WATCHER_OFFSETS);
    properties.setProperty("offset.storage.partitions", "1");
    properties.setProperty(
        "offset.storage.replication.factor",
        Integer.toString(watcher.topics().replicationFactor()));
    properties.setProperty("offset.flush.interval.ms", "0");
    // While Kafka is away the engine must not hang here for minutes: offsets that are not stored in
    // time go with the next ones, and the publisher is who says that Kafka is away.
    properties.setProperty("offset.flush.timeout.ms", "5000");
    properties.setProperty("max.block.ms", "3000");
    // A task that fails ends the engine; the supervisor knows how to go on.
    properties.setProperty("errors.max.retries", "0");
    properties.setProperty("max.request.size", Integer.toString(MaxRecordSize.BYTES));

    properties.putAll(watcher.connector());
    return properties;
  }

  private static String text(Object value) {
    if (value instanceof Collection<?> list) {
      return list.stream().map(EngineProperties::text).collect(Collectors.joining(","));
    }
    return value instanceof Class<?> type ? type.getName() : value.toString();
  }
}
