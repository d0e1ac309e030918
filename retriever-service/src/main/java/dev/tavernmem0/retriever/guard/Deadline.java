package dev.tavernmem0.retriever.guard;

import java.time.Duration;

/** A point in time by which an answer must be there. Immutable. */
public final class Deadline {
  private final long endNanos;

  private Deadline(long endNanos) {
    this.endNanos = endNanos;
  }

  public static Deadline after(Duration duration) {
    return since(System.nanoTime(), duration);
  }

  /**
   * A deadline that runs since a moment in the past.
   *
   * @param startNanos as {@link System#nanoTime} told it
   */
  public static Deadline since(long startNanos, Duration duration) {
    return new Deadline(startNanos + duration.toNanos());
  }

  /** The earlier of this one and one that starts now. */
  public Deadline atMost(Duration duration) {
    return remainingNanos() <= duration.toNanos() ? this : after(duration);
  }

  public boolean isOver() {
    return remainingNanos() <= 0;
  }

  /** Negative when it is over. */
  public long remainingNanos() {
    return endNanos - System.nanoTime();
  }

  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, remainingNanos()));
  }
}
