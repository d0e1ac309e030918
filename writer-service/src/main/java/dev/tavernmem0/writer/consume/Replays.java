package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.kafka.PartitionReader;
import dev.tavernmem0.writer.kafka.ReplayLog;
import dev.tavernmem0.writer.kafka.TurnLog;
import dev.tavernmem0.writer.replay.Replay;
import dev.tavernmem0.writer.replay.ReplayPart;
import dev.tavernmem0.writer.replay.ReplayRecords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries replays out, in each partition the one that was asked for first and is not done there.
 * What it selects is on a topic before anything of it is written, so that whoever has the partition
 * later goes on where this one was, and repeats nothing. Belongs to the session's thread; the log
 * is read on another.
 */
final class Replays implements AutoCloseable {
  private final ReplayLog log;
  private final TurnLog turns;
  private final PartitionReader reader;
  private final ConsumerSession session;
  private final int concurrency;
  private final Map<AssignedPartition, PartitionReplay> running = new HashMap<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(work -> new Thread(work, "writer-replay"));
  private ReplayRecords records = ReplayRecords.NONE;

  /**
   * No replays, until there are {@link #heed some}.
   *
   * @param reader closed with this, on the thread that reads
   * @param concurrency batches at a time if a replay does not say
   */
  Replays(
      ReplayLog log,
      TurnLog turns,
      PartitionReader reader,
      ConsumerSession session,
      int concurrency) {
    this.log = log;
    this.turns = turns;
    this.reader = reader;
    this.session = session;
    this.concurrency = concurrency;
  }

  /** This is known of replays by now. */
  void heed(ReplayRecords known) {
    records = known;
  }

  /**
   * Goes on with what is due.
   *
   * @param writing whether batches may be begun now
   */
  void step(Collection<AssignedPartition> partitions, boolean writing, Instant now) {
    dropLost(partitions);
    for (AssignedPartition partition : partitions) {
      Replay due = partition.everCaughtUp() ? records.due(partition.number()) : null;
      PartitionReplay current = running.get(partition);
      if (current != null && (due == null || !due.id().equals(current.id()))) {
        running.remove(partition);
        current.leave();
        current = null;
      }
      if (due != null && current == null) {
        current = new PartitionReplay(due, partition, this, now);
        running.put(partition, current);
      }
      if (current != null) {
        step(current, writing, now);
      }
    }
  }

  private void dropLost(Collection<AssignedPartition> partitions) {
    running.entrySet().stream()
        .filter(entry -> !partitions.contains(entry.getKey()))
        .forEach(entry -> entry.getValue().drop());
    running.keySet().retainAll(partitions);
  }

  /** Whatever is wrong with a replay, what users do goes on. */
  private static void step(PartitionReplay replay, boolean writing, Instant now) {
    try {
      replay.step(writing, now);
    } catch (RuntimeException e) {
      replay.fault(e);
    }
  }

  /** Whether more of a replay may be begun here. */
  boolean hasRoom(Replay replay) {
    Integer asked = replay.concurrency();
    int most = asked == null ? concurrency : Math.min(asked, concurrency);
    return running.values().stream()
            .filter(other -> other.id().equals(replay.id()))
            .mapToInt(PartitionReplay::begun)
            .sum()
        < most;
  }

  /** In how many partitions a replay has work, which share its rate. */
  int partitionsAtWork(Replay replay) {
    long atWork =
        records.parts(replay.id()).values().stream().filter(part -> !part.isDone()).count();
    return (int) Math.max(1, atWork);
  }

  /** Replays that do not go on, or were paused by their writers. */
  List<StoppedOperation> stopped() {
    List<StoppedOperation> stopped = new ArrayList<>();
    for (Replay replay : records.lastFirst()) {
      records.parts(replay.id()).values().stream()
          .filter(part -> !part.isDone() && !replay.dryRun())
          .filter(part -> replay.order() != Replay.Order.CANCEL)
          .map(ReplayPart::error)
          .filter(Objects::nonNull)
          .findFirst()
          .ifPresent(error -> stopped.add(new StoppedOperation("replay", replay.id(), error)));
    }
    return stopped;
  }

  ReplayRecords records() {
    return records;
  }

  ReplayLog log() {
    return log;
  }

  TurnLog turns() {
    return turns;
  }

  PartitionReader reader() {
    return reader;
  }

  ConsumerSession session() {
    return session;
  }

  /** Runs this on the thread that may wait for the log; what comes of it is for the session's. */
  <T> CompletableFuture<T> away(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, thread);
  }

  /** How far a replay is in a partition, as far as is known here. */
  @Nullable ReplayPart part(Replay replay, int partition) {
    return records.part(replay.id(), partition);
  }

  @Override
  public void close() {
    reader.stop();
    thread.execute(reader::close);
    thread.shutdown();
  }
}
