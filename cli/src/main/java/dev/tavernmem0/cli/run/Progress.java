package dev.tavernmem0.cli.run;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints what a start is doing, each line with the seconds since it began. Thread-safe. */
final class Progress {
  private final PrintWriter out;
  private final long start = System.nanoTime();

  Progress(PrintWriter out) {
    this.out = out;
  }

  void say(String format, @Nullable Object... arguments) {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
    String line = String.format(Locale.ROOT, format, arguments);
    synchronized (out) {
      out.printf(Locale.ROOT, "%6.1f s  %s%n", elapsed.toMillis() / 1000.0, line);
      out.flush();
    }
  }

  /** A line without a time, for text that belongs to the one before. */
  void text(String line) {
    synchronized (out) {
      out.println("          " + line);
      out.flush();
    }
  }
}
