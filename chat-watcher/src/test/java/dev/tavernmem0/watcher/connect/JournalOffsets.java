package dev.tavernmem0.watcher.connect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.OffsetBackingStore;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.apache.kafka.connect.storage.OffsetStorageReaderImpl;
import org.apache.kafka.connect.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Source offsets in a {@link Journal}, with Connect's own reader and converter: a partition is
 * found again by the bytes that it is serialised to, or not at all.
 */
final class JournalOffsets implements OffsetBackingStore {
  private static final String NAMESPACE = "tavern";

  private final JsonConverter keys = converter(true);
  private final JsonConverter values = converter(false);
  private final Map<ByteBuffer, ByteBuffer> stored;

  /** As they are at this moment; a task reads what was stored before it began. */
  JournalOffsets(Journal journal) throws IOException {
    this.stored = journal.offsets();
  }

  OffsetStorageReader reader() {
    return new OffsetStorageReaderImpl(this, NAMESPACE, keys, values);
  }

  /** The entry that stores a record's offset; also what a reader of these offsets finds then. */
  Journal.Entry entry(SourceRecord record) {
    byte[] key =
        keys.fromConnectData(NAMESPACE, null, List.of(NAMESPACE, record.sourcePartition()));
    byte[] value = values.fromConnectData(NAMESPACE, null, record.sourceOffset());
    return Journal.Entry.offset(key, value);
  }

  /** An entry was stored. */
  void stored(Journal.Entry entry) {
    byte[] value = entry.value();
    if (value != null) {
      stored.put(ByteBuffer.wrap(entry.key()), ByteBuffer.wrap(value));
    }
  }

  @Override
  public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> wanted) {
    Map<ByteBuffer, @Nullable ByteBuffer> found = new HashMap<>();
    for (ByteBuffer key : wanted) {
      ByteBuffer value = stored.get(key);
      found.put(key, value == null ? null : value.duplicate());
    }
    return CompletableFuture.completedFuture(found);
  }

  @Override
  public Future<Void> set(Map<ByteBuffer, ByteBuffer> offsets, Callback<Void> callback) {
    throw new UncheckedIOException(new IOException("offsets are written with their events"));
  }

  @Override
  public Set<Map<String, Object>> connectorPartitions(String connectorName) {
    return Set.of();
  }

  @Override
  public void start() {}

  @Override
  public void stop() {}

  @Override
  public void configure(WorkerConfig config) {}

  private static JsonConverter converter(boolean isKey) {
    JsonConverter converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", "false"), isKey);
    return converter;
  }
}
