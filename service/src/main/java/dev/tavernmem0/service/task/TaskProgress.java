package dev.tavernmem0.service.task;

import java.util.concurrent.atomic.AtomicLong;

/** How far something long is, in whatever it counts. Thread-safe. */
public final class TaskProgress {
  private final AtomicLong total = new AtomicLong();
  private final AtomicLong done = new AtomicLong();

  /** There is so much more to do than was known. */
  public void expect(long more) {
    total.addAndGet(more);
  }

  /** So much more of it is done. */
  public void advance(long more) {
    done.addAndGet(more);
  }

  /** How much there is to do, as far as that is known. */
  public long total() {
    return total.get();
  }

  /** How much of that is done. */
  public long done() {
    return done.get();
  }
}
