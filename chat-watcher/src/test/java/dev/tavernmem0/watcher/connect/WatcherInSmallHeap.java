package dev.tavernmem0.watcher.connect;

import dev.tavernmem0.common.kafka.Topics;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** The task in a process of its own; at the end it says how many events each chat gave. */
public final class WatcherInSmallHeap {
  private WatcherInSmallHeap() {}

  /** {@code args}: the data root. */
  public static void main(String[] args) throws InterruptedException {
    Map<String, String> properties =
        Map.of(
            ChatSourceConfig.DATA_ROOT, args[0],
            ChatSourceConfig.SETTLE_FILE_MS, "100",
            ChatSourceConfig.RENAME_WINDOW_MS, "100");
    ChatSourceTask task = new ChatSourceTask();
    task.initialize(new NothingStored(properties));
    task.start(properties);
    Map<String, Integer> events = new TreeMap<>();
    int idle = 0;
    while (idle < 3) {
      List<SourceRecord> records = task.poll();
      idle = records == null ? idle + 1 : 0;
      for (SourceRecord record : records == null ? List.<SourceRecord>of() : records) {
        if (record.topic().equals(Topics.TURNS)) {
          String chatId = ((String) record.key()).split("/")[0];
          events.merge(chatId, 1, Integer::sum);
        }
      }
    }
    task.stop();
    events.forEach((chat, count) -> System.out.println(chat + " " + count));
  }

  private record NothingStored(Map<String, String> configs)
      implements SourceTaskContext, OffsetStorageReader {
    @Override
    public OffsetStorageReader offsetStorageReader() {
      return this;
    }

    @Override
    public PluginMetrics pluginMetrics() {
      throw new UnsupportedOperationException("the task has no metrics of its own");
    }

    @Override
    public <T> Map<String, Object> offset(Map<String, T> partition) {
      return offsets(List.of(partition)).get(partition);
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(
        Collection<Map<String, T>> partitions) {
      Map<Map<String, T>, Map<String, Object>> none = new HashMap<>();
      partitions.forEach(partition -> none.put(partition, null));
      return none;
    }
  }
}
