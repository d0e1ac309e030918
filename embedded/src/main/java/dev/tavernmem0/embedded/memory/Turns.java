package dev.tavernmem0.embedded.memory;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets work of the same name be done one after another. Thread-safe. */
final class Turns {
  private final int mostWaiting;
  private final Map<String, Turn> turns = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * Nobody at work.
   *
   * @param mostWaiting how many may wait for their turn, of all names together
   */
  Turns(int mostWaiting) {
    this.mostWaiting = mostWaiting;
  }

  /** How many wait. */
  int waiting() {
    return waiting.get();
  }

  /**
   * Does the work when what has this name already is done, however that ended.
   *
   * @throws TooManyWaitingException if too many wait
   */
  <T> T await(String name, Supplier<T> work) {
    Turn turn =
        turns.compute(name, (unused, known) -> (known == null ? new Turn() : known).joined());
    try {
      turn.enter();
      try {
        return work.get();
      } finally {
        turn.lock.unlock();
      }
    } finally {
      turns.computeIfPresent(name, (unused, known) -> known.left());
    }
  }

  private final class Turn {
    private final ReentrantLock lock = new ReentrantLock(true);

    /** At work or waiting; changed within the map's {@code compute} only. */
    private int present;

    Turn joined() {
      present++;
      return this;
    }

    /** Null, which takes it out of the map, when the last one leaves. */
    @Nullable Turn left() {
      present--;
      return present == 0 ? null : this;
    }

    void enter() {
      if (lock.tryLock()) {
        return;
      }
      try {
        if (waiting.incrementAndGet() > mostWaiting) {
          throw new TooManyWaitingException();
        }
        lock.lock();
      } finally {
        waiting.decrementAndGet();
      }
    }
  }
}
