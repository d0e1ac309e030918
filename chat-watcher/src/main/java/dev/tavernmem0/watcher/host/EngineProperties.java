package dev.tavernmem0.watcher.host;

import dev.tavernmem0.watcher.connect.ChatSourceConfig;
import dev.tavernmem0.watcher.connect.ChatSourceConnector;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.springframework.boot.ssl.SslBundle;

/** The service's settings as Debezium Engine and the connector want them. */
final class EngineProperties {
  private EngineProperties() {}

  /**
   * The properties.
   *
   * @param partitions of the topic with the turn events
   * @param kafka settings of the Kafka clients, the security of the connection among them: the
   *     offset store's clients need them too
   */
  static Properties of(WatcherProperties watcher, int partitions, Map<String, Object> kafka) {
    Map<String, String> clients = texts(kafka);
    Properties properties = new Properties();
    properties.putAll(clients);
    properties.setProperty("name", watcher.connectorConfig().tavernName());
    properties.setProperty("connector.class", ChatSourceConnector.class.getName());
    properties.setProperty("tasks.max", "1");
    properties.setProperty("offset.storage", OffsetStore.class.getName());
    properties.setProperty("offset.flush.interval.ms", "0");
    // A task that fails ends the engine; the supervisor knows how to go on.
    properties.setProperty("errors.max.retries", "0");

    properties.setProperty(
        ChatSourceConfig.SIGNALS_BOOTSTRAP_SERVERS, properties.getProperty("bootstrap.servers"));
    clients.forEach(
        (key, value) -> properties.setProperty(ChatSourceConfig.SIGNALS_CONSUMER + key, value));
    properties.putAll(watcher.connector());
    properties.setProperty(ChatSourceConfig.TOPIC_PARTITIONS, Integer.toString(partitions));
    return properties;
  }

  /** The settings of a Kafka client as texts. */
  static Map<String, String> texts(Map<String, Object> kafka) {
    Map<String, String> texts = new HashMap<>();
    kafka.forEach((key, value) -> texts.put(key, text(value)));
    if (kafka.get(SslBundle.class.getName()) instanceof SslBundle bundle) {
      texts.remove(SslBundle.class.getName());
      texts.putAll(BundledSslEngineFactory.settings(bundle));
    }
    return texts;
  }

  private static String text(Object value) {
    if (value instanceof Collection<?> list) {
      return list.stream().map(EngineProperties::text).collect(Collectors.joining(","));
    }
    return value instanceof Class<?> type ? type.getName() : value.toString();
  }
}
