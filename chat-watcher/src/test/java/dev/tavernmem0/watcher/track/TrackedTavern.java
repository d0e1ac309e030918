package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.watcher.MutableClock;
import dev.tavernmem0.watcher.files.ChatTreeMonitor;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.files.WatchMode;
import dev.tavernmem0.watcher.state.StateKeys;
import dev.tavernmem0.watcher.state.StateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A tracker on a data root, with a log and a state that outlive it. Time passes when asked to. */
final class TrackedTavern implements AutoCloseable {
  static final Duration RETURN_WINDOW = Duration.ofDays(30);
  private static final int BATCH = 4;

  final Map<Map<String, String>, Map<String, Object>> state = new HashMap<>();
  final List<Emission> log = new ArrayList<>();
  final MutableClock clock = new MutableClock(Instant.parse("2027-01-01T00:00:00Z"));
  private final TavernTree tree;
  private ChatTracker tracker;
  private ChatTreeMonitor monitor;

  TrackedTavern(Path root) {
    this.tree = new TavernTree(root, handle -> true);
  }

  /** Starts anew on the state as it is, and does what there is to do. */
  List<TurnEvent> start(SnapshotMode mode) {
    begin(mode);
    return settle();
  }

  List<TurnEvent> start() {
    return start(SnapshotMode.INITIAL);
  }

  /** Starts anew and does nothing yet. */
  void begin(SnapshotMode mode) {
    close();
    try {
      monitor = new ChatTreeMonitor(tree, WatchMode.POLL, Duration.ofNanos(1), Duration.ofNanos(1));
      tracker =
          new ChatTracker(
              tree,
              new TrackerOptions(
                  "tavern",
                  "test",
                  1 << 20,
                  true,
                  ZoneOffset.UTC,
                  mode,
                  Duration.ofMillis(100),
                  Duration.ofMillis(100),
                  RETURN_WINDOW),
              new StateStore(
                  partitions -> {
                    Map<Map<String, String>, Map<String, Object>> found = new HashMap<>();
                    partitions.forEach(partition -> found.put(partition, state.get(partition)));
                    return found;
                  },
                  new StateKeys("tavern")),
              clock);
      tracker.start(monitor.poll(Duration.ZERO));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Notices what changed, and does not look at it yet. */
  void notice() {
    try {
      tracker.changed(monitor.poll(Duration.ZERO));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes one batch; events and state appear together. */
  List<Emission> step() {
    notice();
    List<Emission> batch = tracker.next(BATCH);
    batch.forEach(emission -> state.put(emission.partition(), emission.offset()));
    log.addAll(batch);
    tracker.committed();
    return batch;
  }

  /** Goes on until nothing is left to do, now or later; returns the events of that time. */
  List<TurnEvent> settle() {
    int before = log.size();
    while (true) {
      boolean quiet = step().isEmpty();
      Long next = tracker.nextLook();
      if (quiet && next == null) {
        return events(log.subList(before, log.size()));
      }
      if (quiet) {
        clock.set(Math.max(clock.millis(), next));
      }
    }
  }

  void obey(Signal signal) {
    tracker.obey(signal);
  }

  List<TurnEvent> events() {
    return events(log);
  }

  /** The snapshots as they are stored. */
  List<SnapshotRun> runs() {
    Map<String, Object> stored = state.get(new StateKeys("tavern").snapshots());
    return stored == null ? List.of() : SnapshotRun.decode((String) stored.get("value"));
  }

  /** The kinds of notifications so far, of one snapshot. */
  List<String> notifications(String runId) {
    List<String> types = new ArrayList<>();
    for (Emission emission : log) {
      if (emission instanceof Emission.OfNotification told && told.key().equals(runId)) {
        types.add(Json.MAPPER.readTree(told.json()).path("type").asString());
      }
    }
    return types;
  }

  static List<TurnEvent> events(List<Emission> emissions) {
    List<TurnEvent> events = new ArrayList<>();
    for (Emission emission : emissions) {
      if (emission instanceof Emission.OfTurn turn) {
        events.add(turn.event());
      }
    }
    return events;
  }

  @Override
  public void close() {
    if (monitor != null) {
      try {
        monitor.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
