package dev.tavernmem0.cli.run;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for a part that others run, for as long as it takes. Says once what it waits for and what
 * can be done about it, again only if there is something else to do, and when the part has come.
 * Used by one thread at a time; {@link #isHere} by any.
 */
final class Arrival {
  private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final ExternalPart part;
  private final Progress progress;
  private final Duration firstPause;
  private final Set<String> toldRemedies = new HashSet<>();
  private final long begun = System.nanoTime();
  private Look.@Nullable NotYet loggedLast;
  private volatile boolean here;

  /**
   * @param firstPause between the first two looks; doubles with each one
   */
  Arrival(ExternalPart part, Progress progress, Duration firstPause) {
    this.part = part;
    this.progress = progress;
    this.firstPause = firstPause;
  }

  /**
   * Looks for the first time.
   *
   * @throws dev.tavernmem0.cli.UserErrorException if it is something else
   */
  void begin() {
    Look look = part.look();
    if (look instanceof Look.Here found) {
      progress.say("using %s", found.part());
      here = true;
    } else if (look instanceof Look.NotYet missing) {
      tell(missing);
    }
  }

  /**
   * Looks until it is there.
   *
   * @param stopping ends it
   * @throws dev.tavernmem0.cli.UserErrorException if it is something else
   */
  void await(CountDownLatch stopping) throws InterruptedException {
    Duration pause = firstPause;
    while (!here && !stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
      Look look = part.look();
      if (look instanceof Look.Here found) {
        Duration taken = Duration.ofNanos(System.nanoTime() - begun);
        progress.say("%s is there after %d s", found.part(), Math.max(1, taken.toSeconds()));
        here = true;
      } else if (look instanceof Look.NotYet missing) {
        tell(missing);
      }
      Duration twice = pause.multipliedBy(2);
      pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }
  }

  boolean isHere() {
    return here;
  }

  private void tell(Look.NotYet missing) {
    if (!missing.equals(loggedLast)) {
      LOG.info("waiting for {}: {}", missing.part(), missing.why());
      loggedLast = missing;
    }
    // By remedy: what refuses connections now and answers 502 then is one thing to mend.
    if (toldRemedies.add(missing.remedy())) {
      progress.say("waiting for %s: %s; %s", missing.part(), missing.why(), missing.remedy());
    }
  }
}
