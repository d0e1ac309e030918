package dev.tavernmem0.watcher.host;

import io.debezium.embedded.KafkaConnectUtil;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;
import org.jspecify.annotations.Nullable;

/**
 * Source offsets as Kafka Connect puts them into a topic, but with the names in one order: Connect
 * takes the order of whatever map it is given and then compares keys by their bytes. Not
 * thread-safe.
 *
 * @param connector the engine's name, part of every key
 */
record OffsetFormat(String connector, Converter converter) {
  OffsetFormat(String connector) {
    this(connector, KafkaConnectUtil.converterForOffsetStore());
  }

  byte[] key(Map<String, ?> partition) {
    return converter.fromConnectData("", null, List.of(connector, new TreeMap<>(partition)));
  }

  /** Null, which removes the offset, for null. */
  byte @Nullable [] value(@Nullable Map<String, ?> offset) {
    return converter.fromConnectData("", null, offset == null ? null : new TreeMap<>(offset));
  }

  /** A key as {@link #key} spells it; null if it is not one of this connector's. */
  byte @Nullable [] canonical(byte @Nullable [] key) {
    Map<String, ?> partition = partition(key);
    return partition == null ? null : key(partition);
  }

  @SuppressWarnings("unchecked")
  private @Nullable Map<String, ?> partition(byte @Nullable [] key) {
    try {
      return key != null
              && converter.toConnectData("", key).value() instanceof List<?> parts
              && parts.size() == 2
              && connector.equals(parts.get(0))
              && parts.get(1) instanceof Map<?, ?> partition
          ? (Map<String, ?>) partition
          : null;
    } catch (DataException e) {
      // Not Connect's at all; the topic may be shared.
      return null;
    }
  }
}
