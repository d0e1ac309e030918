package dev.tavernmem0.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * The watcher's settings as arguments: the one place here that knows their names.
 *
 * @param dataRoot what is watched
 * @param bootstrapServers the brokers
 * @param port of its HTTP interface
 */
record WatcherSettings(Path dataRoot, String bootstrapServers, int port) {
  List<String> arguments() {
    return List.of(
        "--tavern.watcher.connector.data.root=" + dataRoot,
        "--spring.kafka.bootstrap-servers=" + bootstrapServers,
        "--server.port=" + port);
  }
}
