package dev.tavernmem0.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How the first start grows with the number of chats. Baselines: reading the same bytes, and a
 * producer that sends as many events of the same sizes.
 */
@Command(
    name = "first-start",
    description = "Wall and CPU seconds until all chats that were there are published.")
final class FirstStart implements Callable<Integer> {
  private static final String TOPIC = "bench.replay";

  @Option(
      names = "--chats",
      description = "Numbers of chats, 20 to a character (default: ${DEFAULT-VALUE}).",
      split = ",",
      defaultValue = "1000,2000,10000")
  List<Integer> chats = List.of();

  @Option(
      names = "--one-character",
      description = "Numbers of chats, all of one character (default: ${DEFAULT-VALUE}).",
      split = ",",
      arity = "0..1",
      defaultValue = "5000")
  List<Integer> oneCharacter = List.of();

  @Option(
      names = "--chat-bytes",
      description = "Size of a chat (default: ${DEFAULT-VALUE}).",
      defaultValue = "50000")
  int chatBytes;

  @Option(
      names = "--limit-minutes",
      description = "Longest start (default: ${DEFAULT-VALUE}).",
      defaultValue = "60")
  int limitMinutes;

  @Mixin RunOptions run = new RunOptions();

  private final Figures figures = new Figures();
  private @Nullable Double firstWallPerMegabyte;
  private @Nullable Double firstCpuPerMegabyte;

  @Override
  public Integer call() throws IOException, InterruptedException {
    for (int count : chats) {
      measure(count, 20);
    }
    for (int count : oneCharacter) {
      measure(count, count);
    }
    return 0;
  }

  private void measure(int count, int perCharacter) throws IOException, InterruptedException {
    try (Workspace workspace = Workspace.open(run)) {
      ChatLibrary library = ChatLibrary.write(workspace.dataRoot(), count, perCharacter, chatBytes);
      library.read();
      Spent read = library.read();
      Spent start;
      long events;
      try (WatcherProcess watcher = WatcherProcess.start(workspace, run)) {
        Stopwatch stopwatch = Stopwatch.of(watcher);
        watcher.awaitSnapshotDone(Duration.ofMinutes(limitMinutes));
        start = stopwatch.spent();
        events = watcher.events();
      }
      Spent sending = replay(new Clients(workspace.bootstrapServers()), events);

      figures.title(
          "%,d chats, %,d to a character, %.0f MB, %,d events"
              .formatted(count, perCharacter, library.megabytes(), events));
      figures.figure("first start", start.wallSeconds(), "s");
      figures.figure("first start, CPU", start.cpuSeconds(), "s");
      figures.figure("first start, events", events / start.wallSeconds(), "/s");
      figures.figure("reading the bytes", read.wallSeconds(), "s");
      figures.figure("a producer, events", events / sending.wallSeconds(), "/s");
      figures.ratio("first start / reading", start.wallSeconds() / read.wallSeconds(), "");
      figures.ratio("first start, CPU / reading", start.cpuSeconds() / read.cpuSeconds(), "");
      figures.ratio("first start / a producer", start.wallSeconds() / sending.wallSeconds(), "");
      linear(start.wallSeconds() / library.megabytes(), start.cpuSeconds() / library.megabytes());
    }
  }

  /** The first measurement is what the others are compared to. */
  private void linear(double wallPerMegabyte, double cpuPerMegabyte) {
    if (firstWallPerMegabyte == null || firstCpuPerMegabyte == null) {
      firstWallPerMegabyte = wallPerMegabyte;
      firstCpuPerMegabyte = cpuPerMegabyte;
    }
    figures.ratio(
        "time per byte / that of the first row",
        wallPerMegabyte / firstWallPerMegabyte,
        "aim: at most 1 (linear)");
    figures.ratio(
        "CPU per byte / that of the first row",
        cpuPerMegabyte / firstCpuPerMegabyte,
        "aim: at most 1 (linear)");
  }

  /** A producer with the watcher's settings sends the watcher's events again, without waiting. */
  private static Spent replay(Clients clients, long events) throws InterruptedException {
    List<byte[]> sample = EventSample.of(clients);
    clients.createTopic(TOPIC, 12);
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    try (KafkaProducer<String, byte[]> producer = clients.producer()) {
      producer.partitionsFor(TOPIC);
      Stopwatch stopwatch = Stopwatch.ofThisThread();
      for (long i = 0; i < events; i++) {
        byte[] value = sample.get((int) (i % sample.size()));
        // Events of one chat come together.
        var unused =
            producer.send(
                new ProducerRecord<>(TOPIC, "chat-" + i / 50, value),
                (metadata, e) -> failure.compareAndSet(null, e));
      }
      producer.flush();
      Spent spent = stopwatch.spent();
      if (failure.get() != null) {
        throw new IllegalStateException("the producer's baseline failed", failure.get());
      }
      return spent;
    }
  }
}
