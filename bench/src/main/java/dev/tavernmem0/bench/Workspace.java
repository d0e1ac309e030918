package dev.tavernmem0.bench;

import dev.tavernmem0.testkit.kafka.KafkaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory and a fresh broker for one measurement; both are gone after it.
 *
 * @param directory for anything
 * @param broker a broker in a JVM of its own
 */
record Workspace(Path directory, KafkaProcess broker) implements AutoCloseable {
  private static final String BROKER_HEAP = "1g";

  static Workspace open(RunOptions options) throws IOException {
    return open(options.directory);
  }

  /** Below this directory. */
  static Workspace open(Path parent) throws IOException {
    Path directory = Files.createTempDirectory(parent, "tavern-bench-");
    return new Workspace(directory, KafkaProcess.start(directory.resolve("kafka"), BROKER_HEAP));
  }

  /** SillyTavern's data root. */
  Path dataRoot() {
    return directory.resolve("data");
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  @Override
  public void close() throws IOException {
    broker.close();
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(directory)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }
}
