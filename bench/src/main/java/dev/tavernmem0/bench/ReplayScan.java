package dev.tavernmem0.bench;

import dev.tavernmem0.common.kafka.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/**
 * What it takes to find out what a replay is of, when everything is written. Baseline: a consumer
 * that reads the same log and does nothing with it.
 */
@Command(
    name = "replay-scan",
    description = "Seconds of a replay's dry run over a log of turns that are all written.")
final class ReplayScan implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofHours(1);
  private static final String MISSING = "{\"mode\":\"missing\",\"dry_run\":true}";
  private static final String REWRITE = "{\"mode\":\"rewrite\",\"dry_run\":true}";

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
      names = "--times",
      description = "How often each is measured (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  int times;

  @Mixin WriterRunOptions run = new WriterRunOptions();

  private final Figures figures = new Figures();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Backlog backlog = new Backlog(0, characters, turns / characters);
    try (Workspace workspace = Workspace.open(run.directory);
        TurnTopic topic = TurnTopic.create(workspace.bootstrapServers());
        SteadyMem0 mem0 = new SteadyMem0(Duration.ZERO, Duration.ofMillis(run.lookUpMillis));
        WriterProcess writer = WriterProcess.start(workspace, run, mem0, List.of())) {
      backlog.publish(topic);
      writer.awaitRest(LIMIT);
      Clients clients = new Clients(workspace.bootstrapServers());
      List<Double> plain = new ArrayList<>();
      List<Double> missing = new ArrayList<>();
      List<Double> rewrite = new ArrayList<>();
      // They take turns, so that a noisy machine disturbs all alike; the first is Java's own.
      for (int i = 0; i <= times; i++) {
        double read = read(clients);
        double scan = dryRun(writer, MISSING, 0);
        double count = dryRun(writer, REWRITE, turns);
        if (i > 0) {
          plain.add(read);
          missing.add(scan);
          rewrite.add(count);
        }
      }
      report(median(plain), median(missing), median(rewrite));
    }
    return 0;
  }

  private static double dryRun(WriterProcess writer, String body, int expected) {
    long begin = System.nanoTime();
    JsonNode counted = writer.replay(body);
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (counted.path("turns").asInt(-1) != expected) {
      throw new IllegalStateException("counted " + counted);
    }
    return seconds;
  }

  private static double read(Clients clients) {
    try (KafkaConsumer<String, byte[]> consumer = clients.consumer(Topics.TURNS)) {
      Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(consumer.assignment()));
      long begin = System.nanoTime();
      while (!ends.isEmpty()) {
        consumer.poll(Duration.ofMillis(100));
        ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      }
      return (System.nanoTime() - begin) / 1e9;
    }
  }

  private static double median(List<Double> of) {
    return of.stream().sorted().skip(of.size() / 2).findFirst().orElseThrow();
  }

  private void report(double plain, double missing, double rewrite) {
    figures.title("%,d turns written, of %d characters".formatted(turns, characters));
    figures.figure("reading the log, a plain consumer", plain, "s");
    figures.figure("dry run of missing: nothing is", missing, "s");
    figures.figure("... turns per second", turns / missing, "turns/s (aim: 100,000)");
    figures.ratio("dry run of missing / a plain consumer", missing / plain, "");
    figures.figure("dry run of rewrite: everything", rewrite, "s (aim: less than 10)");
    figures.ratio("dry run of rewrite / a plain consumer", rewrite / plain, "");
  }
}
