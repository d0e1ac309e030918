package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the work goes on: what was done in the last minutes, and how long the rest will take. Says so
 * in the log once a minute while there is work. Belongs to the session's thread.
 */
final class Progress {
  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final Duration REPORT_EVERY = Duration.ofMinutes(1);

  private final Deque<Done> recent = new ArrayDeque<>();
  private final Instant begun;

  private @Nullable Instant lastReport;
  private int written;
  private int empty;
  private int dead;

  private record Done(Instant at, int turns) {}

  Progress(Instant now) {
    this.begun = now;
  }

  /** A batch has reached its fate. */
  void done(LedgerEntry entry, Instant now) {
    int turns = entry.turns().size();
    if (entry.fate() == Fate.WRITTEN) {
      written += turns;
    } else if (entry.fate() == Fate.EMPTY) {
      empty += turns;
    } else if (entry.fate() == Fate.DEAD) {
      dead += turns;
    } else {
      return;
    }
    recent.add(new Done(now, turns));
  }

  /** Turns per minute, over the last minutes. */
  double turnsPerMinute(Instant now) {
    Instant from = now.minus(WINDOW);
    while (!recent.isEmpty() && recent.getFirst().at().isBefore(from)) {
      recent.removeFirst();
    }
    if (recent.isEmpty()) {
      return 0;
    }
    Instant since = begun.isAfter(from) ? begun : from;
    double minutes = Math.max(1, Duration.between(since, now).toMillis()) / 60_000.0;
    return recent.stream().mapToInt(Done::turns).sum() / minutes;
  }

  /** How long so many turns will take, seconds; null if that cannot be said. */
  @Nullable Long secondsLeft(long waiting, Instant now) {
    double rate = turnsPerMinute(now);
    return waiting == 0 ? Long.valueOf(0) : rate == 0 ? null : Math.round(60 * waiting / rate);
  }

  /** Says how it goes, if it is time and there is something to say. */
  void report(long waiting, @Nullable String pausedBy, Instant now) {
    if (lastReport == null) {
      lastReport = now;
      return;
    }
    int done = written + empty + dead;
    if (Duration.between(lastReport, now).compareTo(REPORT_EVERY) < 0
        || (done == 0 && (waiting == 0 || pausedBy == null))) {
      return;
    }
    lastReport = now;
    LOG.info(line(written, empty, dead, waiting, secondsLeft(waiting, now), pausedBy));
    written = 0;
    empty = 0;
    dead = 0;
  }

  static String line(
      int written,
      int empty,
      int dead,
      long waiting,
      @Nullable Long secondsLeft,
      @Nullable String pausedBy) {
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%,d turns written", written));
    if (empty > 0) {
      line.append(String.format(Locale.ROOT, ", %,d empty", empty));
    }
    if (dead > 0) {
      line.append(String.format(Locale.ROOT, ", %,d dead", dead));
    }
    line.append(String.format(Locale.ROOT, ", %,d wait", waiting));
    if (pausedBy != null) {
      line.append(", paused: ").append(pausedBy);
    } else if (waiting > 0 && secondsLeft != null) {
      line.append(", about ").append(words(secondsLeft));
    }
    return line.toString();
  }

  private static String words(long seconds) {
    if (seconds < 90) {
      return seconds + " s";
    }
    long minutes = Math.round(seconds / 60.0);
    return minutes < 90 ? minutes + " min" : Math.round(minutes / 60.0) + " h";
  }
}
