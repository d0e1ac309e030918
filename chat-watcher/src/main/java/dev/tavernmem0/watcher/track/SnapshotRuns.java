package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.state.StateStore;
import dev.tavernmem0.watcher.track.SnapshotRun.State;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots: those that wait, the one that is made, and the last ones that ended. They are
 * stored often enough for a restart to repeat a second's work at most, and each turn of theirs is
 * told in a notification, in the form of Debezium's. Not thread-safe.
 */
final class SnapshotRuns {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotRuns.class);
  private static final long STORE_EVERY_MS = Duration.ofSeconds(1).toMillis();
  private static final long TELL_EVERY_MS = Duration.ofSeconds(10).toMillis();
  private static final int MOST_ENDED = 20;

  private final StateStore store;
  private final Clock clock;
  private final String tavern;
  private final Map<String, SnapshotRun> runs = new LinkedHashMap<>();
  private final Queue<Notification> untold = new ArrayDeque<>();
  private Queue<Step> left = new ArrayDeque<>();
  private @Nullable String leftOf;
  private boolean unstored;
  private boolean urgent;
  private long storedMs;
  private long toldMs;

  private record Notification(SnapshotRun run, String type) {}

  SnapshotRuns(StateStore store, Clock clock, String tavern) {
    this.store = store;
    this.clock = clock;
    this.tavern = tavern;
    String stored = store.text(store.keys().snapshots());
    try {
      List<SnapshotRun> restored = stored == null ? List.of() : SnapshotRun.decode(stored);
      restored.forEach(run -> runs.put(run.id(), run.restored(clock.millis())));
    } catch (IllegalArgumentException e) {
      LOG.warn("the list of snapshots in the state cannot be read: those under way are forgotten");
    }
  }

  /** Adds a snapshot; one that is there already is left as it is, one too many is left out. */
  void add(SnapshotRun run) {
    long unfinished = runs.values().stream().filter(other -> !other.state().isEnd()).count();
    if (unfinished >= SnapshotRun.MOST_UNFINISHED || !run.selection().isBounded()) {
      LOG.warn(
          "snapshot {} is not made: {} others wait, or it names too many", run.id(), unfinished);
      return;
    }
    if (runs.putIfAbsent(run.id(), run) == null) {
      LOG.info("snapshot {} ({}) is queued", run.id(), run.type());
      toStore();
    }
  }

  /** Whether one of this type has not ended. */
  boolean hasUnfinished(SnapshotRun.Type type) {
    return runs.values().stream().anyMatch(run -> run.type() == type && !run.state().isEnd());
  }

  /** The snapshot of all that was there at the first start begins, or begins anew. */
  void beginInitial(int chats) {
    long now = clock.millis();
    String id =
        runs.values().stream()
            .filter(run -> run.type() == SnapshotRun.Type.INITIAL && !run.state().isEnd())
            .map(SnapshotRun::id)
            .findFirst()
            .orElse("initial-" + now);
    SnapshotRun run = SnapshotRun.queued(id, SnapshotRun.Type.INITIAL, SnapshotSelection.ALL, now);
    tell(run.started(chats, now), "STARTED");
  }

  /** A chat that was there at the first start was looked at. */
  void initialLooked(ChatPath path, int turns) {
    for (SnapshotRun run : List.copyOf(runs.values())) {
      if (run.type() == SnapshotRun.Type.INITIAL && run.state() == State.RUNNING) {
        progress(run.published(path.toString(), turns, clock.millis()));
      }
    }
  }

  void endInitial() {
    for (SnapshotRun run : List.copyOf(runs.values())) {
      if (run.type() == SnapshotRun.Type.INITIAL && run.state() == State.RUNNING) {
        tell(run.in(State.COMPLETED, clock.millis()), "COMPLETED");
      }
    }
  }

  void pause(String id) {
    change(id, State.PAUSED, "PAUSED");
  }

  void resume(String id) {
    SnapshotRun run = runs.get(id);
    if (run != null && run.state() == State.PAUSED) {
      boolean begun = run.startedMs() != null;
      tell(run.in(begun ? State.RUNNING : State.QUEUED, clock.millis()), "RESUMED");
    }
  }

  void cancel(String id) {
    change(id, State.CANCELLED, "ABORTED");
  }

  private void change(String id, State state, String type) {
    SnapshotRun run = runs.get(id);
    boolean possible =
        run != null
            && run.type() != SnapshotRun.Type.INITIAL
            && !run.state().isEnd()
            && run.state() != state;
    if (run == null || !possible) {
      LOG.warn("snapshot {} cannot become {}: it is {}", id, state, run == null ? "unknown" : run);
      return;
    }
    tell(run.in(state, clock.millis()), type);
  }

  /**
   * The next chat of the first snapshot that neither waits for an operator nor is done.
   *
   * @param known all chats
   * @param isOf whether a chat is one of a snapshot
   * @param chatIdOf which chat is at a path
   * @return null if there is nothing to do
   */
  @Nullable Step next(
      Collection<ChatPath> known,
      BiPredicate<SnapshotSelection, ChatPath> isOf,
      Function<ChatPath, String> chatIdOf) {
    SnapshotRun run = active();
    if (run == null) {
      return null;
    }
    if (!run.id().equals(leftOf)) {
      List<ChatPath> chats =
          known.stream()
              .filter(path -> isOf.test(run.selection(), path))
              .sorted(Comparator.comparing(chatIdOf))
              .toList();
      String cursor = run.cursor();
      left =
          new ArrayDeque<>(
              chats.stream()
                  .filter(path -> cursor == null || chatIdOf.apply(path).compareTo(cursor) > 0)
                  .map(path -> new Step(run.id(), path, chatIdOf.apply(path)))
                  .toList());
      leftOf = run.id();
      if (run.state() == State.QUEUED) {
        tell(run.started(chats.size(), clock.millis()), "STARTED");
      }
    }
    Step step = left.poll();
    if (step != null) {
      return step;
    }
    leftOf = null;
    SnapshotRun ended = runs.getOrDefault(run.id(), run);
    tell(ended.in(State.COMPLETED, clock.millis()), "COMPLETED");
    LOG.info("snapshot {} is complete: {} chats, {} turns", run.id(), ended.done(), ended.turns());
    return null;
  }

  /**
   * A chat that a snapshot has to publish.
   *
   * @param path where it was when the snapshot began
   */
  record Step(String runId, ChatPath path, String chatId) {}

  /** A step is done. */
  void published(Step step, int turns) {
    SnapshotRun run = runs.get(step.runId());
    if (run != null && !run.state().isEnd()) {
      // A name may change until a restart goes on from here; an id does not.
      progress(run.published(step.chatId(), turns, clock.millis()));
    }
  }

  /** The records that store and tell what changed. */
  List<Emission> takeUnstored() {
    long now = clock.millis();
    if (!unstored || (!urgent && now - storedMs < STORE_EVERY_MS)) {
      return List.of();
    }
    forgetOldest();
    String json = SnapshotRun.encode(List.copyOf(runs.values()));
    Map<String, String> partition = store.keys().snapshots();
    Map<String, Object> offset = StateStore.offset(json);
    List<Emission> emissions = new ArrayList<>();
    for (Notification notification : untold) {
      emissions.add(
          new Emission.OfNotification(
              notification.run().id(), json(notification, now), partition, offset));
    }
    untold.clear();
    emissions.add(new Emission.OfState("snapshots", json, partition, offset));
    unstored = false;
    urgent = false;
    storedMs = now;
    return emissions;
  }

  private @Nullable SnapshotRun active() {
    return runs.values().stream()
        .filter(run -> run.type() != SnapshotRun.Type.INITIAL)
        .filter(run -> run.state() == State.RUNNING || run.state() == State.QUEUED)
        .findFirst()
        .orElse(null);
  }

  private void progress(SnapshotRun run) {
    runs.put(run.id(), run);
    unstored = true;
    if (clock.millis() - toldMs >= TELL_EVERY_MS) {
      LOG.info(
          "snapshot {}: {} of {} chats, {} turns, {} turns/s, about {} s left",
          run.id(),
          run.done(),
          run.total(),
          run.turns(),
          Math.round(run.turnsPerSecond()),
          run.secondsLeft());
      tell(run, "IN_PROGRESS");
    }
  }

  private void tell(SnapshotRun run, String type) {
    runs.put(run.id(), run);
    untold.add(new Notification(run, type));
    toldMs = clock.millis();
    toStore();
  }

  private void toStore() {
    unstored = true;
    urgent = true;
  }

  private void forgetOldest() {
    List<SnapshotRun> ended = runs.values().stream().filter(run -> run.state().isEnd()).toList();
    ended.stream()
        .limit(Math.max(0, ended.size() - MOST_ENDED))
        .forEach(run -> runs.remove(run.id()));
  }

  private String json(Notification notification, long now) {
    SnapshotRun run = notification.run();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", run.id() + "-" + run.updatedMs());
    json.put(
        "aggregate_type",
        run.type() == SnapshotRun.Type.INITIAL ? "Initial Snapshot" : "Incremental Snapshot");
    json.put("type", notification.type());
    json.put(
        "additional_data",
        Map.of(
            "connector_name",
            tavern,
            "snapshot_id",
            run.id(),
            "chats_total",
            run.total(),
            "chats_done",
            run.done(),
            "turns",
            run.turns()));
    json.put("timestamp", now);
    return Json.MAPPER.writeValueAsString(json);
  }
}
