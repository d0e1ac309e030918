package dev.tavernmem0.watcher.host;

import dev.tavernmem0.common.kafka.Topics;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.OffsetBackingStore;
import org.apache.kafka.connect.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The engine's source offsets: read from the topic once, at the start, and from then on kept in
 * memory. It stores nothing, since {@link TurnPublisher} has stored them together with the events
 * before the engine learns of them. Keys are found however their names are ordered. The engine
 * makes it by name. Thread-safe.
 */
public final class OffsetStore implements OffsetBackingStore {
  private final Map<ByteBuffer, ByteBuffer> offsets = new ConcurrentHashMap<>();
  private Map<String, ?> settings = Map.of();

  @Override
  public void configure(WorkerConfig config) {
    settings = config.originals();
  }

  @Override
  public void start() {
    offsets.putAll(StoredOffsets.read(settings, Topics.WATCHER_OFFSETS, format()).values());
  }

  @Override
  public void stop() {
    offsets.clear();
  }

  @Override
  public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> keys) {
    OffsetFormat format = format();
    Map<ByteBuffer, ByteBuffer> found = new HashMap<>();
    for (ByteBuffer key : keys) {
      found.put(key, offsets.get(canonical(format, key)));
    }
    return CompletableFuture.completedFuture(found);
  }

  @Override
  public Future<Void> set(Map<ByteBuffer, @Nullable ByteBuffer> stored, Callback<Void> callback) {
    OffsetFormat format = format();
    stored.forEach(
        (key, value) -> offsets.compute(canonical(format, key), (canonical, before) -> value));
    callback.onCompletion(null, null);
    return CompletableFuture.completedFuture(null);
  }

  /** Not known, as with Debezium's own stores: a key is looked for, not listed. */
  @Override
  public Set<Map<String, Object>> connectorPartitions(String connectorName) {
    throw new UnsupportedOperationException("offsets are not listed");
  }

  private OffsetFormat format() {
    return new OffsetFormat(String.valueOf(settings.get("name")));
  }

  @SuppressWarnings("ByteBufferBackingArray") // Connect wraps whole arrays.
  private static ByteBuffer canonical(OffsetFormat format, ByteBuffer key) {
    byte[] canonical = format.canonical(key.array());
    return canonical == null ? key : ByteBuffer.wrap(canonical);
  }
}
