package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.writer.scope.Lane;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * So many places, given to those who wait for one: what users do now goes before the backlog, which
 * gets one of nine nevertheless; in a lane, who came first goes first. Thread-safe.
 */
final class Places {
  /** After so many in a row of what users do now, one of the backlog goes first. */
  private static final int SHARE = 8;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Waiter> live = new ArrayDeque<>();
  private final Deque<Waiter> backlog = new ArrayDeque<>();
  private final int most;
  private int taken;
  private int liveInARow;

  private static final class Waiter {
    final Condition turn;
    final BooleanSupplier wantsIt;
    boolean called;

    Waiter(Condition turn, BooleanSupplier wantsIt) {
      this.turn = turn;
      this.wantsIt = wantsIt;
    }
  }

  Places(int most) {
    this.most = most;
  }

  /**
   * Waits for a place, which has to be given back.
   *
   * @param wantsIt whether it is waited for still; when that changes, {@link #recheck} is to be
   *     called
   * @return false if it is not wanted any more; then there is nothing to give back
   */
  boolean take(Lane lane, BooleanSupplier wantsIt) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (!wantsIt.getAsBoolean()) {
        return false;
      }
      if (taken < most) {
        taken++;
        return true;
      }
      Waiter waiter = new Waiter(lock.newCondition(), wantsIt);
      Deque<Waiter> queue = lane == Lane.LIVE ? live : backlog;
      queue.add(waiter);
      try {
        while (!waiter.called && wantsIt.getAsBoolean()) {
          waiter.turn.await();
        }
        if (!waiter.called) {
          queue.remove(waiter);
        }
        return waiter.called;
      } catch (InterruptedException e) {
        if (!queue.remove(waiter)) {
          handOn();
        }
        throw e;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Those who do not want a place any more are to wait no longer. */
  void recheck() {
    lock.lock();
    try {
      live.forEach(Places::wakeIfUnwilling);
      backlog.forEach(Places::wakeIfUnwilling);
    } finally {
      lock.unlock();
    }
  }

  private static void wakeIfUnwilling(Waiter waiter) {
    if (!waiter.wantsIt.getAsBoolean()) {
      waiter.turn.signal();
    }
  }

  /** Gives a place back. */
  void give() {
    lock.lock();
    try {
      handOn();
    } finally {
      lock.unlock();
    }
  }

  private void handOn() {
    Waiter next = next();
    if (next == null) {
      taken--;
      return;
    }
    next.called = true;
    next.turn.signal();
  }

  private @Nullable Waiter next() {
    boolean shares = liveInARow >= SHARE && !backlog.isEmpty();
    if (live.isEmpty() || shares) {
      liveInARow = 0;
      return backlog.poll();
    }
    liveInARow++;
    return live.poll();
  }

  /** How many are taken now. */
  int taken() {
    lock.lock();
    try {
      return taken;
    } finally {
      lock.unlock();
    }
  }
}
