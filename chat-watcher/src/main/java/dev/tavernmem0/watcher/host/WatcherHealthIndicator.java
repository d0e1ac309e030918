package dev.tavernmem0.watcher.host;

import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Up while the engine runs and the data root can be read. */
@Component("watcher")
class WatcherHealthIndicator implements HealthIndicator {
  private final EngineSupervisor engine;
  private final Path dataRoot;

  WatcherHealthIndicator(EngineSupervisor engine, WatcherProperties properties) {
    this.engine = engine;
    this.dataRoot = properties.connectorConfig().dataRoot();
  }

  @Override
  public Health health() {
    boolean readable = Files.isReadable(dataRoot);
    Health.Builder health =
        engine.state() == EngineState.RUNNING && readable ? Health.up() : Health.outOfService();
    health
        .withDetail("engine", engine.state())
        .withDetail("dataRoot", dataRoot.toString())
        .withDetail("dataRootReadable", readable);
    String error = engine.lastError();
    return error == null ? health.build() : health.withDetail("lastError", error).build();
  }
}
