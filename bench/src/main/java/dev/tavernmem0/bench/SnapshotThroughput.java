package dev.tavernmem0.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How fast a snapshot goes. Baseline: Kafka's own performance tool, sending as many records with
 * the sizes and contents of the watcher's events.
 */
@Command(
    name = "snapshot",
    description = "MB/s of a snapshot against Kafka's own producer performance tool.")
final class SnapshotThroughput implements Callable<Integer> {
  private static final String TOPIC = "bench.performance";

  @Option(
      names = "--megabytes",
      description = "Bytes of chats, in MB (default: ${DEFAULT-VALUE}).",
      split = ",",
      defaultValue = "200,1000")
  List<Integer> megabytes = List.of();

  @Option(
      names = "--chat-bytes",
      description = "Size of a chat (default: ${DEFAULT-VALUE}).",
      defaultValue = "1000000")
  int chatBytes;

  @Mixin RunOptions run = new RunOptions();

  private final Figures figures = new Figures();

  @Override
  public Integer call() throws IOException, InterruptedException {
    for (int size : megabytes) {
      measure(size);
    }
    return 0;
  }

  private void measure(int size) throws IOException, InterruptedException {
    try (Workspace workspace = Workspace.open(run)) {
      int chats = Math.max(1, (int) (size * 1_000_000L / chatBytes));
      ChatLibrary library = ChatLibrary.write(workspace.dataRoot(), chats, 20, chatBytes);
      Spent snapshot;
      long events;
      try (WatcherProcess watcher = WatcherProcess.start(workspace, run)) {
        watcher.awaitRunning();
        Stopwatch stopwatch = Stopwatch.of(watcher);
        watcher.awaitSnapshotDone(Duration.ofHours(1));
        snapshot = stopwatch.spent();
        events = watcher.events();
      }
      Clients clients = new Clients(workspace.bootstrapServers());
      List<byte[]> sample = EventSample.of(clients);
      clients.createTopic(TOPIC, 12);
      Path payloads = workspace.directory().resolve("payloads");
      PerformanceTool.Result tool =
          new PerformanceTool(workspace.bootstrapServers(), TOPIC).send(sample, events, payloads);

      double published = events * EventSample.averageBytes(sample) / 1e6;
      figures.title("%.0f MB in %,d chats".formatted(library.megabytes(), chats));
      figures.figure("events", (double) events, "");
      figures.figure("bytes of an event, on average", EventSample.averageBytes(sample), "");
      figures.figure("snapshot", snapshot.wallSeconds(), "s");
      figures.figure("snapshot, CPU", snapshot.cpuSeconds(), "s");
      figures.figure("snapshot, chats", library.megabytes() / snapshot.wallSeconds(), "MB/s");
      figures.figure("snapshot, records", published / snapshot.wallSeconds(), "MB/s");
      figures.figure("performance tool, records", tool.megabytesPerSecond(), "MB/s");
      figures.figure("performance tool, records", tool.recordsPerSecond(), "/s");
      figures.ratio(
          "performance tool / snapshot, records per second",
          tool.recordsPerSecond() * snapshot.wallSeconds() / events,
          "aim: at most 2");
    }
  }
}
