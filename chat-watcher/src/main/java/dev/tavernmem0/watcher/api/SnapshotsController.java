package dev.tavernmem0.watcher.api;

import dev.tavernmem0.watcher.track.Signal;
import dev.tavernmem0.watcher.track.SnapshotRun;
import dev.tavernmem0.watcher.track.SnapshotSelection;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/snapshots}: publish chats again, and see how far that is. */
@RestController
@RequestMapping("/v1/snapshots")
class SnapshotsController {
  private final Snapshots snapshots;

  SnapshotsController(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  /**
   * A snapshot and how far it is.
   *
   * @param chatsTotal chats that it is of; 0 while it is queued
   * @param chatsDone chats that are published
   * @param turns published
   * @param turnsPerSecond while it worked
   * @param secondsLeft null if that cannot be told
   */
  record Snapshot(
      String id,
      SnapshotRun.Type type,
      SnapshotRun.State state,
      SnapshotSelection selection,
      int chatsTotal,
      int chatsDone,
      long turns,
      Instant requestedAt,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      double turnsPerSecond,
      @Nullable Long secondsLeft) {

    static Snapshot of(SnapshotRun run) {
      return new Snapshot(
          run.id(),
          run.type(),
          run.state(),
          run.selection(),
          run.total(),
          run.done(),
          run.turns(),
          Instant.ofEpochMilli(run.requestedMs()),
          at(run.startedMs()),
          at(run.endedMs()),
          Math.round(run.turnsPerSecond() * 10) / 10.0,
          run.secondsLeft());
    }

    private static @Nullable Instant at(@Nullable Long ms) {
      return ms == null ? null : Instant.ofEpochMilli(ms);
    }
  }

  /** All snapshots that are known. */
  record SnapshotList(List<Snapshot> snapshots) {}

  /** Read here and not by Spring: what is not understood must be refused. */
  @PostMapping
  ResponseEntity<Snapshot> execute(InputStream body) throws IOException {
    SnapshotRun run = snapshots.request(SnapshotRequest.read(body));
    return ResponseEntity.accepted()
        .location(URI.create("/v1/snapshots/" + run.id()))
        .body(Snapshot.of(run));
  }

  @PostMapping("/{id}/pause")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Snapshot pause(@PathVariable("id") String id) {
    return Snapshot.of(snapshots.signal(id, Signal.Pause::new));
  }

  @PostMapping("/{id}/resume")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Snapshot resume(@PathVariable("id") String id) {
    return Snapshot.of(snapshots.signal(id, Signal.Resume::new));
  }

  @PostMapping("/{id}/cancel")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Snapshot cancel(@PathVariable("id") String id) {
    return Snapshot.of(snapshots.signal(id, Signal.Stop::new));
  }

  @GetMapping
  SnapshotList list() {
    return new SnapshotList(snapshots.all().stream().map(Snapshot::of).toList());
  }

  @GetMapping("/{id}")
  Snapshot get(@PathVariable("id") String id) {
    return Snapshot.of(snapshots.get(id));
  }
}
