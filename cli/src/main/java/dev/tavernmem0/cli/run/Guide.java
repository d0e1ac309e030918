package dev.tavernmem0.cli.run;

import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.mem0.ApiVersion;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0ClientOptions;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.common.mem0.Memory;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Tells the user what became of the chats, and where to look next. */
final class Guide {
  private static final int SHOWN = 6;
  private static final int MOST_LISTED = 1000;
  private static final int WIDTH = 88;
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(1);
  private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

  private final RunOptions options;
  private final DataDirectory data;
  private final Progress progress;
  private final WriterBacklog backlog;
  private final BacklogReport report;
  private final Duration patience;
  private final BooleanSupplier othersAreHere;
  private final Set<String> toldHolds = new HashSet<>();
  private String toldObstacle = "";
  private boolean toldPause;
  private long toldDead;
  private long toldMissing;

  /**
   * @param patience how long writing may take before the user is told how it stands, and where to
   *     look meanwhile
   * @param othersAreHere whether the parts that others run have come; that they have not is told
   *     elsewhere
   */
  Guide(
      RunOptions options,
      DataDirectory data,
      Progress progress,
      Duration patience,
      BooleanSupplier othersAreHere) {
    this.options = options;
    this.data = data;
    this.progress = progress;
    this.backlog =
        new WriterBacklog(
            options.ports().writer(),
            options.ports().watcher(),
            System.getenv("TAVERN_ACCESS_API_KEY"));
    this.report = new BacklogReport("MEM0_API_KEY", options.ports().writer());
    this.patience = patience;
    this.othersAreHere = othersAreHere;
  }

  /**
   * Follows the writing of what is there already, then shows the result. If that takes longer, it
   * first says where to look meanwhile. Then it tells what a user has to know of, until the end.
   *
   * @param stopping ends it
   */
  void show(CountDownLatch stopping) throws InterruptedException {
    progress.say(
        "watching %s (%s)",
        options.sillyTavern().path(), String.join(", ", options.sillyTavern().handles()));
    boolean written = awaitWritten(stopping, patience);
    if (!written && stopping.getCount() > 0) {
      progress.say(
          othersAreHere.getAsBoolean()
              ? "this goes on in the background; new turns are remembered as they come"
              : "all that can run runs meanwhile, and goes on by itself; stop it with Ctrl-C");
      whereToLook();
      awaitWritten(stopping, FOR_EVER);
    }
    if (stopping.getCount() > 0) {
      showMemories();
      progress.say("everything runs; stop it with Ctrl-C");
      if (written) {
        whereToLook();
      }
    }
    tellWhatComesUp(stopping);
  }

  /** What a user has to know of, as long as everything runs. */
  private void tellWhatComesUp(CountDownLatch stopping) throws InterruptedException {
    String told = "";
    while (!stopping.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      WriterBacklog.State state = backlog.look();
      tellHeld(state);
      tellPaused(state);
      tellLost(state);
      if (!state.trouble().isEmpty() && !state.trouble().equals(told)) {
        progress.say("the writer does not run: %s", state.trouble());
      }
      told = state.trouble();
    }
  }

  /** Nothing waits yet, perhaps, but what comes will. */
  private void tellPaused(WriterBacklog.State state) {
    boolean paused = "operator".equals(state.pausedBy());
    if (paused && !toldPause) {
      progress.say("writing is paused, and turns wait; %s", report.howToResume());
    }
    toldPause = paused;
  }

  private void tellHeld(WriterBacklog.State state) {
    for (WriterBacklog.HeldChat chat : state.held()) {
      if (toldHolds.add(chat.id())) {
        progress.say(
            "%s, %d texts: %s; what is remembered of them stays until you decide:"
                + " http://127.0.0.1:%d/v1/holds",
            chat.reason(), chat.texts(), chat.file(), options.ports().writer());
      }
    }
  }

  private boolean awaitWritten(CountDownLatch stopping, Duration limit)
      throws InterruptedException {
    long start = System.nanoTime();
    Duration nextReport = patience;
    int quiet = 0;
    while (!stopping.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      WriterBacklog.State state = backlog.look();
      tellHeld(state);
      boolean complete = othersAreHere.getAsBoolean();
      // Twice: between reading a turn and counting it there is a moment.
      quiet = complete && state.done() ? quiet + 1 : 0;
      if (quiet == 2) {
        tellBadLines(state);
        tellLost(state);
        tellEmpty(state);
        return true;
      }
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      if (!complete) {
        // What came a moment ago, the writer may not have noticed yet.
        nextReport = elapsed.plus(LONGEST_SILENCE);
      } else if (elapsed.compareTo(nextReport) >= 0) {
        String obstacle = BacklogReport.obstacle(state);
        // An obstacle may last for days, and would scroll everything else away.
        if (obstacle.isEmpty() || !obstacle.equals(toldObstacle)) {
          progress.say("%s", report.of(state));
        }
        toldObstacle = obstacle;
        nextReport = elapsed.plus(min(elapsed, LONGEST_SILENCE));
      }
      if (elapsed.compareTo(limit) >= 0) {
        return false;
      }
    }
    return false;
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void tellBadLines(WriterBacklog.State state) {
    if (state.badLines() > 0) {
      progress.say(
          "%d lines of chats are no messages and were left out: http://127.0.0.1:%d/v1/status",
          state.badLines(), options.ports().watcher());
    }
  }

  private void tellEmpty(WriterBacklog.State state) {
    if (state.empty() > 0) {
      progress.say(
          "mem0 found nothing to remember in %d turns: http://127.0.0.1:%d/v1/batches?fate=empty",
          state.empty(), options.ports().writer());
    }
  }

  /** Once each time that it becomes more. */
  private void tellLost(WriterBacklog.State state) {
    if (state.dead() > toldDead) {
      progress.say(
          "mem0 refused %d turns for good: http://127.0.0.1:%d/v1/dead-letters says why; to try"
              + " again: curl -X POST 'http://127.0.0.1:%d/v1/requeues?fate=dead'",
          state.dead(), options.ports().writer(), options.ports().writer());
    }
    toldDead = state.dead();
    if (state.missing() > toldMissing) {
      progress.say(
          "%d memories are not in mem0 any more: http://127.0.0.1:%d/v1/sweep says which; to write"
              + " them again: curl -X POST 'http://127.0.0.1:%d/v1/requeues?missing=true'",
          state.missing(), options.ports().writer(), options.ports().writer());
    }
    toldMissing = state.missing();
  }

  private void showMemories() {
    URI url = options.servingUrl();
    String key = options.mem0Url() == null ? data.memoryServerKey() : options.mem0ApiKey();
    Duration timeout = Duration.ofSeconds(5);
    try (Mem0Client mem0 =
        new Mem0Client(new Mem0ClientOptions(url, key, ApiVersion.AUTO, timeout, timeout, 1))) {
      List<Memory> memories = new ArrayList<>();
      for (String handle : options.sillyTavern().handles()) {
        memories.addAll(mem0.listOfUser(Mem0Ids.user(handle), MOST_LISTED));
      }
      show(memories);
    } catch (Mem0Exception e) {
      progress.say("the memories cannot be listed: %s", e.getMessage());
    }
  }

  private void show(List<Memory> memories) {
    String count =
        memories.size() < MOST_LISTED ? "" + memories.size() : "more than " + MOST_LISTED;
    GroupNames names = GroupNames.of(options.sillyTavern());
    Map<String, Long> byAgent =
        memories.stream()
            .collect(
                Collectors.groupingBy(
                    memory -> memory.agentId() == null ? "(none)" : names.of(memory.agentId()),
                    TreeMap::new,
                    Collectors.counting()));
    String agents =
        byAgent.entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    progress.say("%s memories: %s", count, agents.isEmpty() ? "none yet" : agents);
    if (options.sample()) {
      memories.stream()
          .filter(memory -> memory.text().length() > 40)
          .limit(SHOWN)
          .forEach(memory -> progress.text("- " + oneLine(memory.text())));
    }
  }

  private static String oneLine(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.codePointCount(0, line.length()) <= WIDTH
        ? line
        : line.substring(0, line.offsetByCodePoints(0, WIDTH - 1)) + "…";
  }

  private void whereToLook() {
    int retriever = options.ports().retriever();
    if (options.sample()) {
      progress.text("ask:     curl -s http://127.0.0.1:" + retriever + "/v1/retrieve \\");
      progress.text("           -H 'Content-Type: application/json' \\");
      progress.text("           -d '{\"user_id\":\"default-user\",\"agent_id\":\"Mara\",");
      progress.text(
          "                \"messages\":[{\"role\":\"user\",\"content\":\"What is my cat called?\"}]}'");
    }
    progress.text("status:  http://127.0.0.1:" + options.ports().writer() + "/v1/status");
    progress.text("logs:    " + data.logFile());
    progress.text("chats:   " + options.sillyTavern().path());
    if (options.sample()) {
      progress.text("yours:   tavern-mem0 run --sillytavern PATH/TO/SillyTavern/data");
    }
  }
}
