package dev.tavernmem0.watcher.api;

import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.watcher.host.EngineState;
import dev.tavernmem0.watcher.host.EngineSupervisor;
import dev.tavernmem0.watcher.track.Signal;
import dev.tavernmem0.watcher.track.SnapshotRun;
import dev.tavernmem0.watcher.track.SnapshotSelection;
import dev.tavernmem0.watcher.view.StateTopic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * The snapshots that were asked for. The connector carries them out and says in its state how far
 * they are; one that it has not read about yet is remembered here. Thread-safe.
 */
@Component
class Snapshots {
  /** Requests that the connector has not seen: it sees them within a second. */
  private static final int MAX_UNSEEN = 100;

  private final EngineSupervisor engine;
  private final SignalSender signals;
  private final StateTopic state;
  private final Map<String, SnapshotRun> unseen = new LinkedHashMap<>();

  Snapshots(EngineSupervisor engine, SignalSender signals, StateTopic state) {
    this.engine = engine;
    this.signals = signals;
    this.state = state;
  }

  /** The engine does not run. */
  static final class NotWatchingException extends RuntimeException {
    NotWatchingException(EngineSupervisor engine) {
      super(
          "the watcher is "
              + engine.state()
              + (engine.lastError() == null ? "" : " (" + engine.lastError() + ")"));
    }
  }

  /** There is no snapshot of that name. */
  static final class NoSuchSnapshotException extends RuntimeException {
    NoSuchSnapshotException(String id) {
      super(id);
    }
  }

  /** The snapshot has ended. */
  static final class EndedException extends RuntimeException {
    private final SnapshotRun run;

    EndedException(SnapshotRun run) {
      super(run.id());
      this.run = run;
    }

    SnapshotRun run() {
      return run;
    }
  }

  /**
   * Asks for a snapshot.
   *
   * @return it, queued
   * @throws NotWatchingException if nobody would carry it out
   * @throws RefusedException if too many others have not ended
   */
  SnapshotRun request(SnapshotSelection selection) {
    if (engine.state() != EngineState.RUNNING) {
      throw new NotWatchingException(engine);
    }
    long unfinished = all().stream().filter(run -> !run.state().isEnd()).count();
    if (unfinished >= SnapshotRun.MOST_UNFINISHED) {
      throw new RefusedException(
          Problem.of(
                  HttpStatus.CONFLICT,
                  "too-many-snapshots",
                  unfinished + " snapshots have not ended.")
              .in("snapshots", unfinished, "wait for some, or cancel those that are paused"));
    }
    long now = System.currentTimeMillis();
    SnapshotRun run =
        SnapshotRun.queued(
            UUID.randomUUID().toString(), SnapshotRun.Type.INCREMENTAL, selection, now);
    signals.send(new Signal.Execute(run.id(), selection, now));
    remember(run);
    return run;
  }

  /**
   * Pauses, resumes or stops a snapshot.
   *
   * @param signal made of an id of its own and the snapshot's
   * @return the snapshot as it is before that
   * @throws NoSuchSnapshotException if it is not known
   * @throws EndedException if there is nothing to pause, resume or stop
   */
  SnapshotRun signal(String id, BiFunction<String, String, Signal> signal) {
    SnapshotRun run = get(id);
    if (run.state().isEnd()) {
      throw new EndedException(run);
    }
    signals.send(signal.apply(UUID.randomUUID().toString(), id));
    return run;
  }

  /**
   * One snapshot.
   *
   * @throws NoSuchSnapshotException if it is not known
   */
  SnapshotRun get(String id) {
    return all().stream()
        .filter(run -> run.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new NoSuchSnapshotException(id));
  }

  /** All that are known, oldest first. */
  List<SnapshotRun> all() {
    List<SnapshotRun> runs = new ArrayList<>(state.snapshots());
    runs.addAll(notAmong(runs));
    return runs;
  }

  private synchronized void remember(SnapshotRun run) {
    unseen.put(run.id(), run);
    if (unseen.size() > MAX_UNSEEN) {
      unseen.remove(unseen.keySet().iterator().next());
    }
  }

  private synchronized List<SnapshotRun> notAmong(List<SnapshotRun> seen) {
    unseen.keySet().removeAll(seen.stream().map(SnapshotRun::id).collect(Collectors.toSet()));
    return List.copyOf(unseen.values());
  }
}
