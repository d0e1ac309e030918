package dev.tavernmem0.cli.operate;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far something long is, as a bar on standard error: whatever reads the output sees none. */
final class ProgressLine implements AutoCloseable {
  private static final int EVERY_MS = 500;

  private final ProgressBar bar;

  ProgressLine(String task, PrintStream terminal) {
    this.bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(-1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(EVERY_MS)
            .setConsumer(new ConsoleProgressBarConsumer(terminal))
            .showSpeed()
            .build();
  }

  /** So much of so much is done; 0 of 0 if it is not known yet. */
  void show(long done, long of, String more) {
    bar.maxHint(of == 0 ? -1 : of);
    bar.stepTo(done);
    bar.setExtraMessage(" " + more);
  }

  /** Waits until it is worth looking again; false if it is to end. */
  boolean waited() {
    try {
      TimeUnit.MILLISECONDS.sleep(EVERY_MS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    bar.close();
  }
}
