package dev.tavernmem0.watcher.host;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/status}: how the watcher is doing. */
@RestController
class StatusController {
  private final EngineSupervisor engine;
  private final WatcherMetrics metrics;
  private final Path dataRoot;

  StatusController(EngineSupervisor engine, WatcherMetrics metrics, WatcherProperties properties) {
    this.engine = engine;
    this.metrics = metrics;
    this.dataRoot = properties.connectorConfig().dataRoot();
  }

  /**
   * The answer.
   *
   * @param engine where the engine is
   * @param lastError why it is not running; null if it is
   * @param dataRoot what is watched
   * @param snapshot {@code running} during the first snapshot, {@code done} once everything that
   *     was there at the start has been looked at, null until then
   * @param events published since the start
   * @param lastEventAt when the last one was; null if there was none
   * @param badLines skipped lines by file, of files that changed since the start
   */
  record Status(
      EngineState engine,
      @Nullable String lastError,
      String dataRoot,
      @Nullable String snapshot,
      long events,
      @Nullable Instant lastEventAt,
      Map<String, Integer> badLines) {}

  @GetMapping("/v1/status")
  Status status() {
    return new Status(
        engine.state(),
        engine.lastError(),
        dataRoot.toString(),
        metrics.snapshot(),
        metrics.events(),
        metrics.lastEvent(),
        metrics.badLinesByFile());
  }
}
