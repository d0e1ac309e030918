package dev.tavernmem0.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How well the writer uses the calls that it may make at a time, with many characters' old chats to
 * write. Baseline: as many plain consumers as calls are allowed, which take one record at a time.
 */
@Command(
    name = "writer",
    description = "Turns per second, and how much of the allowed calls is used, by mem0's time.")
final class WriterThroughput implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final double LEAST = 0.98;

  @Option(
      names = "--delays",
      description = "What an add takes at mem0, milliseconds (default: ${DEFAULT-VALUE}).",
      split = ",",
      defaultValue = "0,200,2000")
  List<Integer> delays = List.of();

  @Option(
      names = "--turns-each",
      description = "Turns of each character for each of them (default: ${DEFAULT-VALUE}).",
      split = ",",
      defaultValue = "200,240,40")
  List<Integer> turnsEach = List.of();

  @Option(
      names = "--characters",
      description = "How many characters have something to write (default: ${DEFAULT-VALUE}).",
      defaultValue = "200")
  int characters;

  @Option(
      names = "--baseline-seconds",
      description = "How long the baseline runs at most (default: ${DEFAULT-VALUE}).",
      defaultValue = "30")
  int baselineSeconds;

  @Mixin WriterRunOptions run = new WriterRunOptions();

  private final Figures figures = new Figures();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (delays.size() != turnsEach.size()) {
      throw new IllegalArgumentException("as many --turns-each as --delays are needed");
    }
    for (int i = 0; i < delays.size(); i++) {
      measure(delays.get(i), new Backlog(0, characters, turnsEach.get(i)));
    }
    return 0;
  }

  private void measure(int delay, Backlog backlog) throws IOException, InterruptedException {
    Duration add = Duration.ofMillis(delay);
    Duration lookUp = Duration.ofMillis(run.lookUpMillis);
    try (Workspace workspace = Workspace.open(run.directory);
        TurnTopic turns = TurnTopic.create(workspace.bootstrapServers())) {
      backlog.publish(turns);
      AddLog plain;
      try (SteadyMem0 mem0 = new SteadyMem0(add, lookUp)) {
        plain = listen(workspace, mem0, backlog);
      }
      try (SteadyMem0 mem0 = new SteadyMem0(add, lookUp);
          WriterProcess writer = WriterProcess.start(workspace, run, mem0, List.of())) {
        writer.awaitRest(LIMIT);
        report(delay, backlog, mem0.adds(), plain, writer.cpu());
      }
    }
  }

  /** The plain consumers, until they are through or the time is up. */
  private AddLog listen(Workspace workspace, SteadyMem0 mem0, Backlog backlog) throws IOException {
    Path output = workspace.directory().resolve("listener.log");
    Process listener =
        new ProcessBuilder(
                Jdk.program("java"),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                PlainListenerMain.class.getName(),
                workspace.bootstrapServers(),
                mem0.url().toString(),
                Integer.toString(run.concurrency))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      AddLog adds = mem0.adds();
      Awaitility.await("listener").atMost(Duration.ofMinutes(1)).until(() -> adds.count() > 0);
      long giveUpAt = System.nanoTime() + Duration.ofSeconds(baselineSeconds).toNanos();
      Awaitility.await("listener")
          .atMost(LIMIT)
          .until(() -> adds.turns() >= backlog.turns() || System.nanoTime() > giveUpAt);
      return adds;
    } finally {
      listener.destroyForcibly().onExit().join();
    }
  }

  private void report(int delay, Backlog backlog, AddLog adds, AddLog plain, Duration cpu) {
    double perSecond = adds.turns() / adds.seconds();
    double plainPerSecond = plain.turns() / plain.seconds();
    figures.title(
        "mem0 takes %,d ms, %d calls at a time, %,d characters, %,d turns"
            .formatted(delay, run.concurrency, backlog.characters(), backlog.turns()));
    figures.figure("turns", perSecond, "/s");
    figures.figure("calls", adds.count() / adds.seconds(), "/s");
    figures.figure("calls per 100 turns", 100.0 * adds.count() / adds.turns(), "aim: at most 8");
    figures.figure("writer's CPU per 1,000 turns", cpu.toMillis() / (double) adds.turns(), "s");
    figures.figure("calls out of order", adds.disorder(), "aim: 0");
    figures.figure("plain listener, turns", plainPerSecond, "/s");
    figures.ratio("turns / those of the plain listener", perSecond / plainPerSecond, "");
    if (delay > 0) {
      figures.figure("utilisation", 100 * adds.utilisation(run.concurrency), "% (aim: 98)");
      figures.figure("plain listener's utilisation", 100 * plain.utilisation(run.concurrency), "%");
      figures.ratio(
          "utilisation / the plain listener's",
          adds.utilisation(run.concurrency) / plain.utilisation(run.concurrency),
          "aim: at least " + LEAST);
    }
  }
}
