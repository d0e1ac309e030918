package dev.tavernmem0.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How long what is said now waits for its call while old chats are being written. The writer is
 * told to wait for nothing (settle, linger), so that only the backlog is in the way. Baseline: the
 * same without a backlog.
 */
@Command(
    name = "live-wait",
    description = "From a turn's event to its call while a backlog is written, p50 and p99.")
final class LiveWait implements Callable<Integer> {
  private static final int WARM_UP = 10;
  private static final List<String> AT_ONCE =
      List.of("--tavern.writer.batch.settle=0ms", "--tavern.writer.batch.linger=0ms");

  @Option(
      names = "--delays",
      description = "What an add takes at mem0, milliseconds (default: ${DEFAULT-VALUE}).",
      split = ",",
      defaultValue = "200,2000")
  List<Integer> delays = List.of();

  @Option(
      names = "--batches",
      description = "Batches of the backlog (default: ${DEFAULT-VALUE}).",
      defaultValue = "5000")
  int batches;

  @Option(
      names = "--characters",
      description = "Whose backlog it is (default: ${DEFAULT-VALUE}).",
      defaultValue = "200")
  int characters;

  @Option(
      names = "--turns",
      description = "How many are measured, of each kind (default: ${DEFAULT-VALUE}).",
      defaultValue = "40")
  int turns;

  @Mixin WriterRunOptions run = new WriterRunOptions();

  private final Figures figures = new Figures();
  private final Random random = new Random(1);
  private int talks;

  @Override
  public Integer call() throws Exception {
    for (int delay : delays) {
      measure(delay);
    }
    return 0;
  }

  private void measure(int delay) throws Exception {
    Backlog backlog = new Backlog(0, characters, batches * 20 / characters);
    try (Workspace workspace = Workspace.open(run.directory);
        TurnTopic topic = TurnTopic.create(workspace.bootstrapServers());
        SteadyMem0 mem0 =
            new SteadyMem0(Duration.ofMillis(delay), Duration.ofMillis(run.lookUpMillis));
        WriterProcess writer = WriterProcess.start(workspace, run, mem0, AT_ONCE)) {
      writer.awaitCaughtUp();
      Latencies unmeasured = new Latencies();
      for (int i = 0; i < WARM_UP; i++) {
        unmeasured.add(wait(topic, mem0, talk("Nobody " + i), delay));
      }
      Latencies idle = new Latencies();
      for (int i = 0; i < turns; i++) {
        idle.add(wait(topic, mem0, talk("Nobody " + i), delay));
      }
      writer.awaitRest(Duration.ofMinutes(2));
      long published = System.nanoTime();
      backlog.publish(topic);
      // What is behind unread events in its partition has to be read first.
      writer.awaitRead(WARM_UP + turns + backlog.turns());
      double reading = (System.nanoTime() - published) / 1e9;
      int before = mem0.adds().count();
      Awaitility.await("backlog")
          .atMost(Duration.ofMinutes(5))
          .until(() -> mem0.adds().count() >= before + 2 * run.concurrency);
      Latencies others = new Latencies();
      for (int i = 0; i < turns; i++) {
        others.add(wait(topic, mem0, talk("Nobody " + i), delay));
      }
      Latencies any = new Latencies();
      for (int i = 0; i < turns; i++) {
        String character = Backlog.character(random.nextInt(characters));
        any.add(wait(topic, mem0, talk(character), delay));
      }
      Latencies one = new Latencies();
      Talk conversation = talk(Backlog.character(0));
      for (int i = 0; i < turns; i++) {
        one.add(wait(topic, mem0, conversation, delay));
      }
      if (writer.backlog() == 0) {
        throw new IllegalStateException("the backlog was too small");
      }
      figures.title(
          "mem0 takes %,d ms, %d calls at a time, %,d old turns of %d characters"
              .formatted(delay, run.concurrency, backlog.turns(), characters));
      figures.figure("publishing and reading the backlog", reading, "s");
      report("no backlog", idle, idle, delay);
      report("a character without one", others, idle, delay);
      report("any of the characters", any, idle, delay);
      report("always the same one", one, idle, delay);
      figures.figure("calls out of order", mem0.adds().disorder(), "aim: 0");
    }
  }

  private Talk talk(String character) {
    return new Talk(character, "live-" + talks++, talks);
  }

  /** From a turn's sending to its call; then some time until the next one. */
  private long wait(TurnTopic topic, SteadyMem0 mem0, Talk talk, int delay) throws Exception {
    // Not in step with the calls of the backlog.
    TimeUnit.MILLISECONDS.sleep(random.nextInt(1 + delay));
    CompletableFuture<AddLog.Begun> called = mem0.adds().next(talk.chatId());
    long sent = System.nanoTime();
    topic.publish(talk.said(Instant.now()));
    topic.flush();
    return called.get(1, TimeUnit.MINUTES).at() - sent;
  }

  private void report(String what, Latencies waits, Latencies idle, int delay) {
    for (double percent : List.of(50.0, 99.0)) {
      double wait = waits.percentile(percent);
      String name = "p%.0f %s".formatted(percent, what);
      figures.figure(name, wait, "ms");
      if (waits != idle) {
        figures.ratio(
            name + ", more / a call's time",
            (wait - idle.percentile(percent)) / delay,
            "aim: at most 1");
      }
    }
  }
}
