package dev.tavernmem0.testkit.sillytavern;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** A clock that tests move; two readings are never equal. Thread-safe. */
public final class SimulatedTime {
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter HUMANIZED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd@HH'h'mm'm'ss's'SSS'ms'").withZone(ZoneOffset.UTC);

  private Instant now;

  /** Starts at this instant, cut to milliseconds. */
  public SimulatedTime(Instant start) {
    this.now = start.truncatedTo(ChronoUnit.MILLIS);
  }

  public synchronized void pass(Duration duration) {
    now = now.plus(duration);
  }

  /** Jumps to an instant. */
  public synchronized void set(Instant instant) {
    now = instant.truncatedTo(ChronoUnit.MILLIS);
  }

  /** The time, and a millisecond passes. */
  synchronized Instant tick() {
    Instant reading = now;
    now = now.plusMillis(1);
    return reading;
  }

  /** As {@code Date.toISOString()} writes it. */
  String iso() {
    return ISO.format(tick());
  }

  /** As SillyTavern puts it into file names (its {@code humanizedDateTime}), in UTC. */
  String humanized() {
    return HUMANIZED.format(tick());
  }
}
