package dev.tavernmem0.bench;

import dev.tavernmem0.common.kafka.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What written turns cost a writer: heap, and time at a restart. Baselines: a writer that has
 * written a few, and so has all its tables in memory; a consumer that reads the same ledger and
 * does nothing with it.
 */
@Command(
    name = "writer-restart",
    description = "Heap of written turns, and seconds of a restart until it has caught up.")
final class WriterRestart implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofHours(1);

  @Option(
      names = "--turns",
      description = "How many are written before (default: ${DEFAULT-VALUE}).",
      defaultValue = "100000")
  int turns;

  @Option(
      names = "--characters",
      description = "Of how many characters (default: ${DEFAULT-VALUE}).",
      defaultValue = "200")
  int characters;

  @Option(
      names = "--restarts",
      description = "How many are measured (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  int restarts;

  @Option(
      names = "--few",
      description = "How many the baseline has written (default: ${DEFAULT-VALUE}).",
      defaultValue = "2000")
  int few;

  @Mixin WriterRunOptions run = new WriterRunOptions();

  private final Figures figures = new Figures();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Backlog first = new Backlog(0, characters, few / characters);
    Backlog rest = new Backlog(characters, characters, (turns - few) / characters);
    Duration lookUp = Duration.ofMillis(run.lookUpMillis);
    try (Workspace workspace = Workspace.open(run.directory);
        TurnTopic topic = TurnTopic.create(workspace.bootstrapServers());
        SteadyMem0 mem0 = new SteadyMem0(Duration.ZERO, lookUp)) {
      double fewWritten;
      double allWritten;
      Start fewStart;
      try (WriterProcess writer = WriterProcess.start(workspace, run, mem0, List.of())) {
        first.publish(topic);
        writer.awaitRest(LIMIT);
        fewWritten = writer.liveHeap() / 1e6;
      }
      fewStart = median(workspace, mem0);
      try (WriterProcess writer = WriterProcess.start(workspace, run, mem0, List.of())) {
        rest.publish(topic);
        writer.awaitRest(LIMIT);
        allWritten = writer.liveHeap() / 1e6;
      }
      Start allStart = median(workspace, mem0);
      Clients clients = new Clients(workspace.bootstrapServers());
      // The first time is Java's own: it compiles.
      read(clients);
      Ledger ledger = read(clients);
      report(fewWritten, allWritten, fewStart, allStart, ledger);
    }
    return 0;
  }

  /**
   * A start of the writer.
   *
   * @param ledgerSeconds what reading the ledger took
   * @param seconds from the process's beginning until everything in the log was read
   * @param heap live then, MB
   */
  private record Start(double ledgerSeconds, double seconds, double heap) {}

  private Start median(Workspace workspace, SteadyMem0 mem0)
      throws IOException, InterruptedException {
    List<Start> starts = new ArrayList<>();
    for (int i = 0; i < restarts; i++) {
      starts.add(start(workspace, mem0));
    }
    starts.sort(Comparator.comparingDouble(Start::ledgerSeconds));
    return starts.get(starts.size() / 2);
  }

  private Start start(Workspace workspace, SteadyMem0 mem0)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    try (WriterProcess writer = WriterProcess.start(workspace, run, mem0, List.of())) {
      writer.awaitCaughtUp();
      double seconds = (System.nanoTime() - begin) / 1e9;
      return new Start(writer.restoreSeconds(), seconds, writer.liveHeap() / 1e6);
    }
  }

  /**
   * The ledger's topic.
   *
   * @param seconds what a plain consumer takes to read it
   */
  private record Ledger(long records, long bytes, double seconds) {}

  private static Ledger read(Clients clients) {
    try (KafkaConsumer<String, byte[]> consumer = clients.consumer(Topics.LEDGER)) {
      Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(consumer.assignment()));
      long records = 0;
      long bytes = 0;
      long begin = System.nanoTime();
      while (!ends.isEmpty()) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          records++;
          bytes += record.value() == null ? 0 : record.value().length;
        }
        ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      }
      return new Ledger(records, bytes, (System.nanoTime() - begin) / 1e9);
    }
  }

  private void report(
      double fewWritten, double allWritten, Start fewStart, Start allStart, Ledger ledger) {
    double hundredThousands = (turns - few) / 100_000.0;
    figures.title(
        "%,d and %,d turns written, of %d characters; in the end a ledger of %,d records, %.1f MB"
            .formatted(few, turns, characters, ledger.records(), ledger.bytes() / 1e6));
    figures.figure("live heap, few written", fewWritten, "MB");
    figures.figure("live heap, all written", allWritten, "MB");
    figures.figure("live heap, few written, after a restart", fewStart.heap(), "MB");
    figures.figure("live heap, all written, after a restart", allStart.heap(), "MB");
    figures.figure(
        "live heap per 100,000 turns", (allWritten - fewWritten) / hundredThousands, "MB");
    figures.figure(
        "... after a restart", (allStart.heap() - fewStart.heap()) / hundredThousands, "MB");
    figures.figure("reading the ledger", allStart.ledgerSeconds(), "s (aim: less than 3)");
    figures.figure("... with few written", fewStart.ledgerSeconds(), "s");
    figures.figure("... by a plain consumer", ledger.seconds(), "s");
    figures.ratio(
        "reading the ledger / a plain consumer", allStart.ledgerSeconds() / ledger.seconds(), "");
    figures.figure("from the start until caught up", allStart.seconds(), "s");
    figures.figure("... with few written", fewStart.seconds(), "s");
    figures.ratio(
        "until caught up / with few written", allStart.seconds() / fewStart.seconds(), "");
  }
}
