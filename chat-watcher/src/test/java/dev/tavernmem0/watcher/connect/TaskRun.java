package dev.tavernmem0.watcher.connect;

import dev.tavernmem0.watcher.MutableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/**
 * One life of the task on a {@link Journal}, ended by a crash or a stop. Its clock is set to what
 * it waits for, so that it waits for nothing.
 */
public final class TaskRun implements AutoCloseable {
  private static final Duration A_LOOK_AT_EVERYTHING = Duration.ofMillis(3);

  private final Journal journal;
  private final Delivery delivery;
  private final JournalOffsets offsets;
  private final MutableClock clock = new MutableClock(Instant.now());
  private final ChatSourceTask task = new ChatSourceTask(clock);

  /** What becomes visible together. */
  public enum Delivery {
    /** The events of a poll and their offsets: a transaction, as in our host. */
    ATOMIC,
    /** Each event, and after it its offset: as on Kafka Connect without exactly-once support. */
    RECORDS
  }

  /** Starts the task. */
  public TaskRun(Journal journal, Delivery delivery, Map<String, String> properties)
      throws IOException {
    this.journal = journal;
    this.delivery = delivery;
    this.offsets = new JournalOffsets(journal);
    Map<String, String> all = new HashMap<>(properties);
    all.put(ChatSourceConfig.WATCH_MODE, "poll");
    all.put(ChatSourceConfig.POLL_INTERVAL_MS, "1");
    task.initialize(new Context(all, offsets.reader()));
    task.start(all);
  }

  /**
   * Polls until nothing is left to do, now or at any later time, or until it crashes.
   *
   * @param crashAfter how many writes become visible before a crash; each record is two, its event
   *     and its offset. Negative for none.
   * @return whether it still lives
   */
  public boolean settle(int crashAfter) throws IOException, InterruptedException {
    int writes = 0;
    // On a busy machine one poll may end before it has looked at the files; the next one does.
    for (int idle = 0; idle < 2; ) {
      List<SourceRecord> polled = task.poll(A_LOOK_AT_EVERYTHING);
      Long next = task.nextLook();
      if (polled != null) {
        int left = crashAfter < 0 ? Integer.MAX_VALUE : crashAfter - writes;
        if (!write(polled, left)) {
          return false;
        }
        writes += 2 * polled.size();
        task.commit();
        idle = 0;
      } else if (next != null) {
        clock.set(Math.max(clock.millis(), next));
        idle = 0;
      } else {
        idle++;
      }
    }
    return true;
  }

  /** Makes what was polled visible; false if the crash came before its end. */
  private boolean write(List<SourceRecord> polled, int most) throws IOException {
    List<Journal.Entry> entries = new ArrayList<>();
    for (SourceRecord record : polled) {
      byte[] key = record.key().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
      entries.add(new Journal.Entry(record.topic(), key, (byte[]) record.value()));
      entries.add(offsets.entry(record));
    }
    boolean whole = entries.size() <= most;
    if (delivery == Delivery.RECORDS || whole) {
      List<Journal.Entry> visible = entries.subList(0, Math.min(most, entries.size()));
      journal.append(visible);
      visible.stream().filter(Journal.Entry::isOffset).forEach(offsets::stored);
    }
    return whole;
  }

  @Override
  public void close() {
    task.stop();
  }

  private record Context(Map<String, String> configs, OffsetStorageReader offsetStorageReader)
      implements SourceTaskContext {
    @Override
    public PluginMetrics pluginMetrics() {
      throw new UnsupportedOperationException("the task has no metrics of its own");
    }
  }
}
