package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.kafka.ReplayLog;
import dev.tavernmem0.writer.replay.Replay;
import dev.tavernmem0.writer.replay.ReplayMode;
import dev.tavernmem0.writer.replay.ReplayRecords;
import dev.tavernmem0.writer.replay.ReplaySelection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts replays on an operator's word, tells of them, and pauses and cancels them, for all writers
 * of the group. Throws {@link ChatAccess.UnavailableException} while that cannot be carried out.
 * Thread-safe.
 */
public final class ReplayOperation {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayOperation.class);

  /** How many are remembered after they have ended. */
  private static final int KEPT = 50;

  private static final Duration DRY_RUN_PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final String LATE = "Kafka has not taken it yet, and may still do so";

  private final TurnConsumer consumer;
  private final InstantSource clock;

  public ReplayOperation(TurnConsumer consumer, InstantSource clock) {
    this.consumer = consumer;
    this.clock = clock;
  }

  /** A replay has ended already, or was cancelled. */
  public static final class EndedException extends RuntimeException {
    EndedException(String id) {
      super("replay " + id + " has ended");
    }
  }

  /**
   * Starts a replay.
   *
   * @param rate most batches per minute; null for as many as go
   * @param concurrency most batches at a time, of each writer; null for as many as mem0 gets
   */
  public ReplayStatus start(
      ReplayMode mode,
      ReplaySelection selection,
      @Nullable Integer rate,
      @Nullable Integer concurrency) {
    Replay replay = replay(mode, selection, rate, concurrency, false);
    return status(replay.id(), ask(adding(replay)));
  }

  /**
   * Counts what a replay would do; waits for the writers of all partitions, for at most a minute.
   * Nothing of it is remembered.
   */
  public ReplayStatus dryRun(ReplayMode mode, ReplaySelection selection) {
    Replay replay = replay(mode, selection, null, null, true);
    try {
      ReplayStatus status = status(replay.id(), ask(adding(replay)));
      long giveUpAt = System.nanoTime() + DRY_RUN_PATIENCE.toNanos();
      while (status.state() != ReplayState.COMPLETED) {
        if (System.nanoTime() > giveUpAt) {
          throw new ChatAccess.UnavailableException(
              status.selectedPartitions()
                  + " of "
                  + status.partitions()
                  + " partitions were counted in a minute; the others have no writer that is"
                  + " running, or are still read",
              null);
        }
        Thread.sleep(LOOK_EVERY.toMillis());
        // Sooner than the watch looks by itself.
        status = status(replay.id(), ask((log, known) -> CompletableFuture.completedFuture(null)));
      }
      return status.taking(consumer.durationOf(status.modelCalls()).orElse(null));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChatAccess.UnavailableException("interrupted", e);
    } finally {
      forget(replay.id());
    }
  }

  /** If that cannot be done now, the next replay does it. */
  private void forget(String id) {
    try {
      var unused = watch().ask((log, known) -> log.remove(known, id));
    } catch (ChatAccess.UnavailableException e) {
      LOG.debug("a dry run is not forgotten yet", e);
    }
  }

  private ReplayRecords known() {
    ReplayRecords known = watch().known();
    if (known == null) {
      throw new ChatAccess.UnavailableException("the replays are not read yet", null);
    }
    return known;
  }

  private Replay replay(
      ReplayMode mode,
      ReplaySelection selection,
      @Nullable Integer rate,
      @Nullable Integer concurrency,
      boolean dryRun) {
    return new Replay(
        Replay.VERSION,
        UUID.randomUUID().toString().substring(0, 8),
        mode,
        selection,
        rate,
        concurrency,
        dryRun,
        Replay.Order.RUN,
        clock.millis());
  }

  private BiFunction<ReplayLog, ReplayRecords, CompletableFuture<Void>> adding(Replay replay) {
    int partitions = watch().partitions();
    return (log, known) -> {
      List<String> old = new ArrayList<>();
      known.lastFirst().stream()
          .filter(other -> !other.dryRun() && hasEnded(other, known, partitions))
          .skip(KEPT)
          .forEach(other -> old.add(other.id()));
      long forgotten = replay.createdMs() - 2 * DRY_RUN_PATIENCE.toMillis();
      known.lastFirst().stream()
          .filter(other -> other.dryRun() && other.createdMs() < forgotten)
          .forEach(other -> old.add(other.id()));
      List<CompletableFuture<Void>> changes = new ArrayList<>();
      changes.add(log.put(replay));
      old.forEach(id -> changes.add(log.remove(known, id)));
      return CompletableFuture.allOf(changes.toArray(CompletableFuture[]::new));
    };
  }

  private boolean hasEnded(Replay replay, ReplayRecords known, int partitions) {
    ReplayState state = ReplayStatus.of(replay, known, partitions, clock.instant()).state();
    return state == ReplayState.COMPLETED || state == ReplayState.CANCELLED;
  }

  /** All replays that are remembered, the last asked for first. */
  public List<ReplayStatus> list() {
    ReplayRecords known = known();
    return known.lastFirst().stream()
        .filter(replay -> !replay.dryRun())
        .map(replay -> status(replay.id(), known))
        .toList();
  }

  /** A replay; empty if there is none of that id. */
  public Optional<ReplayStatus> find(String id) {
    ReplayRecords known = known();
    return known.find(id).map(replay -> status(id, known));
  }

  /**
   * Pauses a replay, goes on with it, or ends it; what is begun comes to its end.
   *
   * @return empty if there is none of that id
   * @throws EndedException if it has ended
   */
  public Optional<ReplayStatus> order(String id, Replay.Order order) {
    ReplayWatch watch = watch();
    ReplayRecords known =
        ask(
            (log, records) -> {
              return records
                  .find(id)
                  .filter(replay -> replay.order() != order)
                  .filter(replay -> !hasEnded(replay, records, watch.partitions()))
                  .map(replay -> log.put(replay.ordered(order)))
                  .orElseGet(() -> CompletableFuture.completedFuture(null));
            });
    Optional<ReplayStatus> status = known.find(id).map(replay -> status(id, known));
    status
        .map(ReplayStatus::state)
        .filter(
            state ->
                state == ReplayState.COMPLETED
                    || (state == ReplayState.CANCELLED && order != Replay.Order.CANCEL))
        .ifPresent(
            ended -> {
              throw new EndedException(id);
            });
    return status;
  }

  private ReplayRecords ask(BiFunction<ReplayLog, ReplayRecords, CompletableFuture<Void>> change) {
    return ChatAccess.await(watch().ask(change), LATE);
  }

  private ReplayWatch watch() {
    try {
      return consumer.replays();
    } catch (TurnConsumer.NotConnectedException e) {
      throw new ChatAccess.UnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  private ReplayStatus status(String id, ReplayRecords known) {
    return known
        .find(id)
        .map(replay -> ReplayStatus.of(replay, known, watch().partitions(), clock.instant()))
        .orElseThrow(
            () -> new ChatAccess.UnavailableException("the replay was removed meanwhile", null));
  }
}
