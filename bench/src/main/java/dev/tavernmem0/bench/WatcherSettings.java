package dev.tavernmem0.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * The watcher's settings as arguments: the one place here that knows their names.
 *
 * @param dataRoot what is watched
 * @param bootstrapServers the brokers
 */
record WatcherSettings(Path dataRoot, String bootstrapServers) {
  List<String> arguments() {
    return List.of(
        "--tavern.watcher.connector.data.root=" + dataRoot,
        "--spring.kafka.bootstrap-servers=" + bootstrapServers);
  }
}
