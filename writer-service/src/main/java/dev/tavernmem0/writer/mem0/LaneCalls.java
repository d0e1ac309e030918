package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.AddedMemory;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.common.mem0.SearchRequest;
import dev.tavernmem0.writer.scope.Lane;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** mem0 as one task of a lane calls it: one call at a time, each in its turn. Thread-safe. */
final class LaneCalls {
  private final Mem0Calls calls;
  private final Places places;
  private final Mem0Client mem0;
  private final Lane lane;
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.AHEAD);
  private final BooleanSupplier kept;
  private final AtomicBoolean hasPlace = new AtomicBoolean();
  private final BooleanSupplier paused;
  private volatile boolean makesWay;
  private volatile boolean abandoned;
  private volatile boolean added;

  private enum Stage {
    AHEAD,
    CALLING,
    PUT_OFF
  }

  /** The task has made way for another before its first call. */
  static final class PutOffException extends RuntimeException {}

  /** The partition is not ours any more, and the call did not come to its turn. */
  static final class AbandonedException extends CancellationException {
    AbandonedException() {
      super("the partition is not ours any more");
    }
  }

  /**
   * The calls of a task.
   *
   * @param kept takes the place that an earlier task has kept for it; false if there is none
   * @param paused whether no call is to be begun; heeded until the add
   */
  LaneCalls(
      Mem0Calls calls,
      Places places,
      Mem0Client mem0,
      Lane lane,
      BooleanSupplier kept,
      BooleanSupplier paused) {
    this.calls = calls;
    this.places = places;
    this.mem0 = mem0;
    this.lane = lane;
    this.paused = paused;
    this.kept = kept;
  }

  /**
   * Adds.
   *
   * @param last what is to be done when it is this call's turn; if it fails, nothing is added
   * @throws PutOffException if the task has made way
   * @throws RetryLaterException.Paused if no call is to be begun
   */
  List<AddedMemory> add(AddRequest request, Runnable last) {
    return inTurn(
        "add",
        last,
        () -> {
          added = true;
          return mem0.add(request);
        });
  }

  List<Memory> search(SearchRequest request) {
    return inTurn("search", LaneCalls::nothing, () -> mem0.search(request));
  }

  List<Memory> list(Scope scope, int topK) {
    return inTurn("list", LaneCalls::nothing, () -> mem0.list(scope, topK));
  }

  boolean delete(String id) {
    return inTurn("delete", LaneCalls::nothing, () -> mem0.delete(id));
  }

  /** As {@link #delete}, of what a user has forgotten; counted by itself. */
  boolean forget(String id) {
    return inTurn("forget", LaneCalls::nothing, () -> mem0.delete(id));
  }

  /** Those of the memories that exist, by their ids; they are looked up side by side. */
  Map<String, Memory> get(List<String> ids) {
    return calls.lookUp(ids);
  }

  /** mem0 returned ids of so many memories that do not exist. */
  void phantoms(int count) {
    calls.phantoms(count);
  }

  private static void nothing() {}

  private <T> T inTurn(String operation, Runnable last, Supplier<T> call) {
    takePlace();
    boolean answered = false;
    try {
      // What is behind an add has to be known and recorded: it would be paid for again.
      if (!added && paused.getAsBoolean()) {
        throw new RetryLaterException.Paused();
      }
      last.run();
      T result = calls.measured(operation, call);
      answered = true;
      return result;
    } finally {
      if (!answered || !makesWay) {
        giveBack();
      }
    }
  }

  private void takePlace() {
    try {
      boolean has = hasPlace.get() || kept.getAsBoolean();
      if (!has && !places.take(lane, this::wantsPlace)) {
        if (isAbandoned()) {
          throw new AbandonedException();
        }
        throw new PutOffException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
    hasPlace.set(true);
    if (!stage.compareAndSet(Stage.AHEAD, Stage.CALLING) && stage.get() == Stage.PUT_OFF) {
      giveBack();
      throw new PutOffException();
    }
  }

  private boolean wantsPlace() {
    return stage.get() != Stage.PUT_OFF && !isAbandoned();
  }

  /** What is behind an add has to be known and recorded. */
  private boolean isAbandoned() {
    return abandoned && !added;
  }

  /** Waits for its turn no longer, unless an add is to be followed up. */
  void abandon() {
    abandoned = true;
    places.recheck();
  }

  /** Gives back the place that it has, if it has any. */
  void giveBack() {
    if (handOver()) {
      places.give();
    }
  }

  /**
   * Ends the task's calls, and leaves its place to whoever asks.
   *
   * @return whether there is a place, which has to be given back now by another
   */
  boolean handOver() {
    return hasPlace.getAndSet(false);
  }

  /**
   * Another task of the scope is wanted sooner. If no call came to its turn yet, none will, and the
   * one that waits ends with {@link PutOffException}; or else the place is kept for that task.
   */
  void makeWay() {
    makesWay = true;
    if (stage.compareAndSet(Stage.AHEAD, Stage.PUT_OFF)) {
      places.recheck();
    }
  }

  /** Whether another task of the scope is wanted sooner. */
  boolean isToMakeWay() {
    return makesWay;
  }

  /** Whether no call of the task came to its turn yet. */
  boolean isAhead() {
    return stage.get() == Stage.AHEAD;
  }
}
