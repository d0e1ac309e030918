package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.mem0.TaskPool;
import dev.tavernmem0.writer.mem0.TaskResult;
import dev.tavernmem0.writer.scope.Lane;
import dev.tavernmem0.writer.scope.ScopeState;
import dev.tavernmem0.writer.scope.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Has the tasks of the scopes carried out, and keeps track of them. What users do now goes before
 * the backlog, in every scope and partition; of the backlog, scopes that were used last go first.
 * Belongs to the session's thread.
 */
final class Dispatcher {
  /** After so many tasks in a row of what users do now, the backlog has one. */
  private static final int SHARE = 8;

  private final TaskPool pool;
  private final ConsumerSession session;
  private final Map<TaskPool.StartedTask, Begun> started = new HashMap<>();
  private int liveInARow;
  private int probes;
  private int writes;

  /** What was begun; the batch is null where a scope is compared with mem0. */
  private record Begun(AssignedPartition partition, Lane lane, @Nullable String batchId) {

    boolean isSweep() {
      return batchId == null;
    }
  }

  private record Place(AssignedPartition partition, ScopeState scope) {}

  Dispatcher(TaskPool pool, ConsumerSession session) {
    this.pool = pool;
    this.session = session;
  }

  /** Begins what the scopes want done next, as far as there is room. */
  void begin(Collection<AssignedPartition> partitions, Instant now) {
    if (!pool.hasRoom()) {
      return;
    }
    List<Place> places = places(partitions);
    if (liveInARow >= SHARE && beginOne(Lane.BACKLOG, byUse(places), now)) {
      liveInARow = 0;
    }
    for (Place place : places) {
      if (pool.hasRoom() && begin(Lane.LIVE, place, now)) {
        liveInARow++;
      }
    }
    List<Place> byUse = pool.hasRoomForBacklog() ? byUse(places) : List.of();
    while (pool.hasRoomForBacklog() && beginOne(Lane.BACKLOG, byUse, now)) {
      liveInARow = 0;
    }
  }

  /**
   * Begins one thing, to see whether mem0 takes it: each time another scope's, and of the other
   * lane, for what was refused may be refused again whatever else is taken.
   *
   * @return whether it is a write, which shows that
   */
  boolean probe(Collection<AssignedPartition> partitions, Instant now) {
    if (!pool.hasRoom()) {
      return false;
    }
    List<Place> places = places(partitions);
    if (!places.isEmpty()) {
      Collections.rotate(places, -(probes % places.size()));
    }
    boolean backlogFirst = probes % 2 == 1;
    int before = writes;
    boolean begun =
        beginOne(backlogFirst ? Lane.BACKLOG : Lane.LIVE, places, now)
            || beginOne(backlogFirst ? Lane.LIVE : Lane.BACKLOG, places, now);
    if (begun && writes > before) {
      probes++;
      return true;
    }
    return false;
  }

  private static List<Place> places(Collection<AssignedPartition> partitions) {
    List<Place> places = new ArrayList<>();
    for (AssignedPartition partition : partitions) {
      if (partition.everCaughtUp()) {
        partition.active().forEach(scope -> places.add(new Place(partition, scope)));
      }
    }
    return places;
  }

  private static List<Place> byUse(List<Place> places) {
    Map<Place, Instant> use = new HashMap<>();
    places.forEach(place -> use.put(place, place.scope().lastChange()));
    List<Place> byUse = new ArrayList<>(places);
    byUse.sort(Comparator.comparing((Place place) -> use.get(place)).reversed());
    return byUse;
  }

  private boolean beginOne(Lane lane, List<Place> places, Instant now) {
    for (Place place : places) {
      if (begin(lane, place, now)) {
        return true;
      }
    }
    return false;
  }

  private boolean begin(Lane lane, Place place, Instant now) {
    ScopeState scope = place.scope();
    AssignedPartition partition = place.partition();
    TaskPool.StartedTask holder = pool.holder(scope.scope());
    if (holder != null) {
      if (lane == Lane.LIVE) {
        haveMadeWay(holder, place, now);
      }
      return false;
    }
    Task task = scope.next(lane, now, partition.caughtUp());
    if (task == null) {
      return false;
    }
    if (task instanceof Task.Write) {
      writes++;
    }
    TaskPool.StartedTask begun = pool.prepare(partition.number(), lane, task);
    follow(begun, new Begun(partition, lane, task.entry().batchId()), scope, pool.run(begun));
    return true;
  }

  /** Whether a scope may be compared with mem0: one at a time, when no batch needs the room. */
  boolean hasRoomForSweep() {
    return pool.hasRoomForBacklog() && started.values().stream().noneMatch(Begun::isSweep);
  }

  /**
   * Compares a scope with mem0, unless something is under way in it.
   *
   * @return whether that is begun
   */
  boolean beginSweep(Sweeps.Due due) {
    ScopeState scope = due.scope();
    if (pool.holder(scope.scope()) != null) {
      return false;
    }
    AssignedPartition partition = due.partition();
    TaskPool.StartedTask begun =
        pool.prepareSweep(
            partition.number(), scope.scope(), List.copyOf(scope.entries()), due.order());
    follow(begun, new Begun(partition, Lane.BACKLOG, null), scope, pool.runSweep(begun));
    return true;
  }

  private void follow(
      TaskPool.StartedTask begun,
      Begun what,
      ScopeState scope,
      CompletionStage<TaskResult> running) {
    started.put(begun, what);
    running.whenComplete(
        (result, failure) ->
            session.enqueue(() -> ended(begun, what.partition(), scope, result, failure)));
  }

  /** What is said now waits for no batch of the backlog that still waits itself. */
  private void haveMadeWay(TaskPool.StartedTask holder, Place place, Instant now) {
    Begun what = started.get(holder);
    if (what != null
        && what.lane() == Lane.BACKLOG
        && place
            .scope()
            .liveIsDue(
                Objects.requireNonNullElse(what.batchId(), ""),
                now,
                place.partition().caughtUp())) {
      holder.makeWay();
    }
  }

  private void ended(
      TaskPool.StartedTask begun,
      AssignedPartition partition,
      ScopeState scope,
      @Nullable TaskResult result,
      @Nullable Throwable failure) {
    Begun what = started.remove(begun);
    if (failure != null) {
      Throwable wrapped = failure instanceof CompletionException ? failure.getCause() : null;
      Throwable cause = wrapped == null ? failure : wrapped;
      if (!(cause instanceof CancellationException)) {
        session.fail(cause);
      }
      return;
    }
    if (what != null && result != null) {
      session.finished(partition, scope, what.lane(), result);
    }
  }

  /** Makes no further attempts for these partitions; those under way go on. */
  void abandon(Collection<AssignedPartition> partitions) {
    started.forEach(
        (begun, what) -> {
          if (partitions.contains(what.partition())) {
            begun.abandon();
          }
        });
  }

  /** Whether a call may be under way for one of these partitions. */
  boolean attempting(Collection<AssignedPartition> partitions) {
    return started.entrySet().stream()
        .anyMatch(
            entry ->
                partitions.contains(entry.getValue().partition()) && entry.getKey().inAttempt());
  }

  /** Begins no attempt any more while that is asked for; those under way come to their end. */
  void pause(boolean asked) {
    pool.pause(asked);
  }

  /** For how many tasks calls may be under way. */
  int attempting() {
    return (int) started.keySet().stream().filter(TaskPool.StartedTask::inAttempt).count();
  }

  /** How many tasks are begun and not ended. */
  int inFlight() {
    return started.size();
  }
}
