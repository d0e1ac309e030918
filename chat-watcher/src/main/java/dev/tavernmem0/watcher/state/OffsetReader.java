package dev.tavernmem0.watcher.state;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads offsets that were committed; Kafka Connect's reader behind a plain interface. */
@FunctionalInterface
public interface OffsetReader {
  /** The offsets of those partitions that have one; a null value means none. */
  Map<Map<String, String>, @Nullable Map<String, Object>> read(
      Collection<Map<String, String>> partitions);

  /** The offset of one partition; null if there is none. */
  default @Nullable Map<String, Object> read(Map<String, String> partition) {
    return read(java.util.List.of(partition)).get(partition);
  }
}
