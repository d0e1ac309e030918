package dev.tavernmem0.cli.run;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Tells how far the writing to a target is, and at its end how to switch to it. */
final class MoveGuide {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(1);

  private final Target target;
  private final Progress progress;
  private final Duration patience;
  private final BooleanSupplier targetIsHere;
  private final WriterBacklog backlog;
  private final BacklogReport report;

  /**
   * @param patience how long it says nothing at first; the silences grow to a minute
   * @param targetIsHere whether the target has come; that it has not is told elsewhere
   */
  MoveGuide(
      RunOptions.ListenPorts ports,
      Target target,
      Progress progress,
      Duration patience,
      BooleanSupplier targetIsHere) {
    this.target = target;
    this.progress = progress;
    this.patience = patience;
    this.targetIsHere = targetIsHere;
    this.backlog =
        new WriterBacklog(
            target.writerPort(), ports.watcher(), System.getenv("TAVERN_ACCESS_API_KEY"));
    this.report = new BacklogReport(TargetOptions.KEY_VARIABLE, target.writerPort());
  }

  /**
   * Follows the writing until nothing waits.
   *
   * @param stopping ends it
   */
  void show(CountDownLatch stopping) throws InterruptedException {
    long start = System.nanoTime();
    Duration nextReport = patience;
    String toldObstacle = "";
    int quiet = 0;
    while (!stopping.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      WriterBacklog.State state = backlog.look();
      boolean isHere = targetIsHere.getAsBoolean();
      // Twice: between reading a turn and counting it there is a moment.
      quiet = isHere && state.done() ? quiet + 1 : 0;
      if (quiet == 2) {
        howToSwitch(state);
        return;
      }
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      if (isHere && elapsed.compareTo(nextReport) >= 0) {
        String obstacle = BacklogReport.obstacle(state);
        // One that lasts would scroll everything else away.
        if (obstacle.isEmpty() || !obstacle.equals(toldObstacle)) {
          progress.say("target: %s", report.of(state));
        }
        toldObstacle = obstacle;
        nextReport =
            elapsed.plus(elapsed.compareTo(LONGEST_SILENCE) < 0 ? elapsed : LONGEST_SILENCE);
      }
    }
  }

  private void howToSwitch(WriterBacklog.State state) {
    progress.say("target: nothing waits any more for the mem0 at %s", target.url());
    if (state.dead() > 0) {
      progress.text(
          "refused: " + state.dead() + " turns, for good: tavern-mem0 dead list --target");
    }
    progress.text("compare: tavern-mem0 verify --target");
    progress.text("switch:  stop this, and start it with --mem0-url and --ledger in place of");
    progress.text("         --target-url, and the target's key in MEM0_API_KEY:");
    progress.text("         --mem0-url " + target.url() + " --ledger " + target.ledger());
  }
}
