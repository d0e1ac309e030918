package dev.tavernmem0.watcher.api;

import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.watcher.host.EngineState;
import dev.tavernmem0.watcher.host.EngineSupervisor;
import dev.tavernmem0.watcher.track.GoneChat;
import dev.tavernmem0.watcher.track.Signal;
import dev.tavernmem0.watcher.track.SnapshotRun;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /v1/deletions}: publishes that chats are gone which the log still has, and of which
 * neither a file nor the watcher's state is there. Reads the log for it; the connector looks again
 * before it publishes. Thread-safe.
 */
@RestController
class DeletionsController {
  private static final Logger LOG = LoggerFactory.getLogger(DeletionsController.class);

  private final ChatComparison comparison;
  private final SignalSender signals;
  private final EngineSupervisor engine;
  private final Snapshots snapshots;

  DeletionsController(
      ChatComparison comparison,
      SignalSender signals,
      EngineSupervisor engine,
      Snapshots snapshots) {
    this.snapshots = snapshots;
    this.comparison = comparison;
    this.signals = signals;
    this.engine = engine;
  }

  /**
   * What is to be published.
   *
   * @param chats in so many places, one for each scope that has turns of a chat
   * @param turns so many of them
   */
  record Deletions(int chats, long turns) {}

  /** Read here and not by Spring: what is not understood must be refused. */
  @PostMapping("/v1/deletions")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Deletions delete(InputStream body) throws IOException {
    Set<String> chats = DeletionRequest.read(body);
    if (engine.state() != EngineState.RUNNING) {
      throw new Snapshots.NotWatchingException(engine);
    }
    requireThatAllWasLookedAt();
    List<GoneChat> gone = comparison.gone(chats);
    for (GoneChat chat : gone) {
      for (GoneChat part : chat.parts()) {
        signals.send(new Signal.DeleteChat(UUID.randomUUID().toString(), part));
      }
      LOG.info(
          "chat {} is to be deleted in {}: {} turns",
          chat.chatId(),
          chat.scope(),
          chat.turns().size());
    }
    return new Deletions(gone.size(), gone.stream().mapToLong(chat -> chat.turns().size()).sum());
  }

  /** A file that was not looked at yet may be one of those chats under another name. */
  private void requireThatAllWasLookedAt() {
    for (SnapshotRun run : snapshots.all()) {
      if (run.type() != SnapshotRun.Type.INCREMENTAL && !run.state().isEnd()) {
        throw new RefusedException(
            Problem.of(
                    HttpStatus.CONFLICT,
                    "snapshot-under-way",
                    "The first snapshot has not looked at all chat files yet.")
                .in("snapshot", run.id(), "wait until GET /v1/snapshots says that it has ended"));
      }
    }
  }
}
