package dev.tavernmem0.watcher.connect;

import dev.tavernmem0.common.character.CharacterCodec;
import dev.tavernmem0.common.character.CharacterScope;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.watcher.MutableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
  private static final Duration A_LOOK_AT_EVERYTHING = Duration.ofMillis(3);

  private final Map<Map<String, ?>, Map<String, ?>> offsets;
  private final MutableClock clock = new MutableClock(Instant.now());
  private final ChatSourceTask task = new ChatSourceTask(clock);
  private final List<SourceRecord> records = new ArrayList<>();

  TaskUnderTest(
      Path dataRoot, Map<Map<String, ?>, Map<String, ?>> offsets, Map<String, String> overrides) {
    this.offsets = offsets;
    Map<String, String> properties = new HashMap<>();
    properties.put(ChatSourceConfig.DATA_ROOT, dataRoot.toString());
    properties.put(ChatSourceConfig.SETTLE_FILE_MS, "100");
    properties.put(ChatSourceConfig.RENAME_WINDOW_MS, "100");
    properties.put(ChatSourceConfig.MAX_BATCH_SIZE, "3");
    properties.put(ChatSourceConfig.WATCH_MODE, "poll");
    properties.put(ChatSourceConfig.POLL_INTERVAL_MS, "1");
    properties.putAll(overrides);
    task.initialize(new Context(properties));
    task.start(properties);
  }

  /** Polls until nothing is left to do, now or at any later time. */
  void settle() throws InterruptedException {
    // A busy machine may take longer than the wait for one poll, which then looks at nothing.
    for (int quiet = 0; quiet < 2; ) {
      List<SourceRecord> polled = task.poll(A_LOOK_AT_EVERYTHING);
      Long next = task.nextLook();
      if (polled != null) {
        records.addAll(polled);
        quiet = 0;
      } else if (next != null) {
        clock.set(Math.max(clock.millis(), next));
        quiet = 0;
      } else {
        quiet++;
      }
    }
  }

  /** Lets time go by. */
  void pass(Duration time) {
    clock.set(clock.millis() + time.toMillis());
  }

  /** What the task makes of what is there at this moment. */
  void pollOnce() throws InterruptedException {
    List<SourceRecord> polled = task.poll(A_LOOK_AT_EVERYTHING);
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
    task.commit();
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

  /** The partition that each turn event goes to, in the order of {@link #events}. */
  List<Integer> partitions() {
    return records.stream()
        .filter(record -> record.topic().equals(Topics.TURNS))
        .map(SourceRecord::kafkaPartition)
        .toList();
  }

  /** Follows the topic of characters to the end. */
  void applyCharacters(Map<String, CharacterScope> characters) {
    applyCharacters(characters, records.size());
  }

  /** Follows the topic of characters, as far as it is among the first records. */
  void applyCharacters(Map<String, CharacterScope> characters, int most) {
    for (SourceRecord record : records.subList(0, most)) {
      if (record.topic().equals(Topics.CHARACTERS)) {
        String key = (String) record.key();
        if (record.value() == null) {
          characters.remove(key);
        } else {
          characters.put(key, CharacterCodec.decode((byte[]) record.value()));
        }
      }
    }
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
