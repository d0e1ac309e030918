package dev.tavernmem0.watcher.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.watcher.connect.ChatSourceConfig;
import dev.tavernmem0.watcher.connect.Journal;
import dev.tavernmem0.watcher.connect.TaskRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a SillyTavern and to its watcher, in order. The same seed gives the same history.
 *
 * @param seed of the tavern at the beginning and of the watcher's settings
 */
record History(long seed, TaskRun.Delivery delivery, List<Step> steps) {

  private static final String RECOVERY = "recovery";

  /** What can happen. */
  enum Kind {
    /** Somebody does something in SillyTavern, or to its files. */
    ACT,
    /** The watcher works, started if it does not run, until it is done or dies. */
    WORK,
    STOP,
    /** The watcher stops, and its state is deleted. */
    LOSE_STATE,
    /** The watcher stops, and the log is deleted: it is told to recover. */
    LOSE_EVENTS
  }

  /**
   * One thing that happens.
   *
   * @param number for {@link Kind#ACT} a seed, for {@link Kind#WORK} how many writes become visible
   *     before it dies; negative for none
   */
  record Step(Kind kind, long number) {}

  static History random(long seed, TaskRun.Delivery delivery) {
    Random random = new Random(seed);
    List<Step> steps = new ArrayList<>();
    int lives = 3 + random.nextInt(4);
    for (int life = 0; life < lives; life++) {
      act(steps, random, random.nextInt(5));
      boolean dies = random.nextInt(2) == 0;
      int works = 1 + random.nextInt(3);
      for (int work = 0; work < works; work++) {
        boolean last = work == works - 1;
        steps.add(new Step(Kind.WORK, dies && last ? random.nextInt(30) : -1));
        if (!last) {
          act(steps, random, 1 + random.nextInt(3));
        }
      }
      steps.add(new Step(end(random), 0));
    }
    return new History(seed, delivery, List.copyOf(steps));
  }

  private static void act(List<Step> steps, Random random, int times) {
    for (int i = 0; i < times; i++) {
      steps.add(new Step(Kind.ACT, random.nextLong()));
    }
  }

  private static Kind end(Random random) {
    return switch (random.nextInt(20)) {
      case 0 -> Kind.LOSE_STATE;
      case 1 -> Kind.LOSE_EVENTS;
      default -> Kind.STOP;
    };
  }

  History without(int from, int to) {
    List<Step> fewer = new ArrayList<>(steps);
    fewer.subList(from, to).clear();
    return new History(seed, delivery, List.copyOf(fewer));
  }

  History with(int index, Step step) {
    List<Step> other = new ArrayList<>(steps);
    other.set(index, step);
    return new History(seed, delivery, List.copyOf(other));
  }

  /**
   * Plays it.
   *
   * @return null if all was well, else what happened up to the failure and the failure
   */
  @Nullable Failure play(Path directory, Watcher.Start start) throws IOException {
    Play play = new Play(directory, start);
    try {
      play.all();
      return null;
    } catch (AssertionError | RuntimeException | IOException e) {
      return new Failure(this, play.told, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Failure(this, play.told, e);
    } finally {
      play.end();
    }
  }

  /** A history that went wrong. */
  record Failure(History history, List<String> told, Throwable cause) {
    /** What kind of failure it is: shorter histories must fail in the same way. */
    String kind() {
      String message = String.valueOf(cause.getMessage()).strip();
      return cause.getClass() + message.substring(0, Math.min(9, message.length()));
    }

    @Override
    public String toString() {
      return "seed "
          + history.seed()
          + ", "
          + history.delivery()
          + "\n  "
          + String.join("\n  ", told)
          + "\n"
          + cause;
    }
  }

  private final class Play {
    private final Path root;
    private final Path journalFile;
    private final Journal journal;
    private final Watcher.Start start;
    private final RandomTavern tavern;
    private final LogChecker checker;
    private final Map<String, String> properties = new HashMap<>();
    private final List<String> told = new ArrayList<>();
    private @Nullable Watcher watcher;
    private boolean recovering;
    private boolean recovered;
    private boolean torn;
    private boolean touched = true;

    Play(Path directory, Watcher.Start start) throws IOException {
      this.root = Files.createDirectories(directory.resolve("data"));
      this.journalFile = directory.resolve("journal");
      this.journal = new Journal(journalFile);
      this.start = start;
      this.tavern = new RandomTavern(root, seed);
      this.checker = new LogChecker(root, journal, delivery);
      int[] batches = {1, 2, 3, 256};
      properties.put(ChatSourceConfig.DATA_ROOT, root.toString());
      properties.put(
          ChatSourceConfig.MAX_BATCH_SIZE,
          Integer.toString(batches[new Random(seed).nextInt(batches.length)]));
      told.add("batches of " + properties.get(ChatSourceConfig.MAX_BATCH_SIZE));
    }

    void all() throws IOException, InterruptedException {
      for (Step step : steps) {
        take(step);
      }
      work(-1);
      stop();
      int events = checker.events();
      work(-1);
      assertThat(checker.events()).as("events of a start without a change").isEqualTo(events);
    }

    private void take(Step step) throws IOException, InterruptedException {
      switch (step.kind()) {
        case ACT -> {
          if (torn) {
            work(-1);
          }
          told.add(tavern.act(step.number()));
          touched = true;
        }
        case WORK -> work((int) step.number());
        case STOP -> stop();
        case LOSE_STATE -> {
          stop();
          told.add("the state is lost");
          journal.loseState();
          checker.stateLost();
          recovering = false;
          touched = true;
        }
        case LOSE_EVENTS -> {
          stop();
          if (recovered) {
            // It recovers when it is told to, not as long as it is told so.
            work(-1);
            stop();
          }
          told.add("the log is lost");
          journal.loseEvents();
          checker.eventsLost();
          recovering = true;
          touched = true;
        }
      }
    }

    private void work(int crashAfter) throws IOException, InterruptedException {
      int events = checker.events();
      Watcher working = watcher;
      if (working == null) {
        properties.put(ChatSourceConfig.SNAPSHOT_MODE, recovering ? RECOVERY : "initial");
        working = start.start(journalFile, delivery, properties);
        watcher = working;
        told.add("start" + (recovering ? " to recover" : ""));
      }
      boolean lives = working.settle(crashAfter);
      told.add(lives ? "work" : "crash after " + crashAfter);
      if (lives) {
        torn = false;
        recovered = recovering || (recovered && RECOVERY.equals(mode()));
        recovering = false;
        if (!touched) {
          assertThat(checker.events()).as("events without a change").isEqualTo(events);
        }
        touched = false;
        checker.check();
      } else {
        working.close();
        watcher = null;
        torn = delivery == TaskRun.Delivery.RECORDS;
        touched = true;
      }
    }

    private @Nullable String mode() {
      return properties.get(ChatSourceConfig.SNAPSHOT_MODE);
    }

    private void stop() throws IOException, InterruptedException {
      Watcher stopping = watcher;
      watcher = null;
      if (stopping != null) {
        stopping.close();
        told.add("stop");
      }
    }

    void end() throws IOException {
      try {
        stop();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
