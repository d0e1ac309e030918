package dev.tavernmem0.watcher.connect;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.kafka.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/** The task as a Connect worker runs it, on offsets that outlive it. */
final class TaskUnderTest implements AutoCloseable {
  private final Map<Map<String, ?>, Map<String, ?>> offsets;
  private final ChatSourceTask task = new ChatSourceTask();
  private final List<SourceRecord> records = new ArrayList<>();

  TaskUnderTest(
      Path dataRoot, Map<Map<String, ?>, Map<String, ?>> offsets, Map<String, String> overrides) {
    this.offsets = offsets;
    Map<String, String> properties = new HashMap<>();
    properties.put(ChatSourceConfig.DATA_ROOT, dataRoot.toString());
    properties.put(ChatSourceConfig.SETTLE_FILE_MS, "100");
    properties.put(ChatSourceConfig.RENAME_WINDOW_MS, "100");
    properties.put(ChatSourceConfig.MAX_BATCH_SIZE, "3");
    properties.putAll(overrides);
    task.initialize(new Context(properties));
    task.start(properties);
  }

  /** Polls until nothing has come for a while that is longer than any of the task's waits. */
  void settle() throws InterruptedException {
    long quietSince = System.nanoTime();
    while (System.nanoTime() - quietSince < 700_000_000L) {
      List<SourceRecord> polled = task.poll();
      if (polled != null) {
        records.addAll(polled);
        quietSince = System.nanoTime();
      }
    }
  }

  /** What the task makes of what is there at this moment. */
  void pollOnce() throws InterruptedException {
    List<SourceRecord> polled = task.poll();
    if (polled != null) {
      records.addAll(polled);
    }
  }

  /** Stores the offsets of the first records only, as a crash after them leaves it. */
  void commitFirst(int count) {
    for (SourceRecord record : records.subList(0, count)) {
      offsets.put(record.sourcePartition(), record.sourceOffset());
    }
  }

  void commitAll() {
    commitFirst(records.size());
  }

  int size() {
    return records.size();
  }

  List<TurnEvent> events() {
    return events(records.size());
  }

  /** Events among the first records. */
  List<TurnEvent> events(int most) {
    return records.stream()
        .limit(most)
        .filter(record -> record.topic().equals(Topics.TURNS))
        .map(record -> TurnEventCodec.decode((byte[]) record.value()))
        .toList();
  }

  /** Settles, commits and returns what came since the last time. */
  List<TurnEvent> next() throws InterruptedException {
    int before = events().size();
    settle();
    commitAll();
    return events().subList(before, events().size());
  }

  @Override
  public void close() {
    task.stop();
  }

  /** A worker's context over the shared offsets. */
  private final class Context implements SourceTaskContext, OffsetStorageReader {
    private final Map<String, String> properties;

    Context(Map<String, String> properties) {
      this.properties = properties;
    }

    @Override
    public Map<String, String> configs() {
      return properties;
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
      return this;
    }

    @Override
    public PluginMetrics pluginMetrics() {
      throw new UnsupportedOperationException("the task has no metrics of its own");
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable Map<String, Object> offset(Map<String, T> partition) {
      return (Map<String, Object>) offsets.get(partition);
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(
        Collection<Map<String, T>> partitions) {
      Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
      for (Map<String, T> partition : partitions) {
        found.put(partition, offset(partition));
      }
      return found;
    }
  }
}
