package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.replay.Replay;
import dev.tavernmem0.writer.replay.ReplayMode;
import dev.tavernmem0.writer.replay.ReplayPart;
import dev.tavernmem0.writer.replay.ReplayRecords;
import dev.tavernmem0.writer.replay.ReplaySelection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A replay and how far it is, in all partitions together.
 *
 * @param id its id
 * @param state what it is at
 * @param mode what is done with what is selected
 * @param selection what is
 * @param rate most batches per minute; null for as many as go
 * @param concurrency most batches at a time, of each writer; null for as many as mem0 gets
 * @param dryRun counts only
 * @param createdAt when it was asked for
 * @param startedAt when it began; null before that
 * @param endedAt when it ended; null before that, and if it was cancelled
 * @param partitions of the log
 * @param selectedPartitions in how many of these it is known what is selected
 * @param chats selected
 * @param batches selected, and those that turns without a fate make
 * @param turns selected
 * @param modelCalls that this takes, if none fails
 * @param tokens of what is to be written, estimated; only a dry run tells
 * @param doneBatches that are written again, or were given up
 * @param doneTurns in these
 * @param failedTurns of these that are dead now
 * @param emptyTurns of these in which mem0 finds nothing to remember now
 * @param heldTurns of these that wait for an operator's word: see the holds
 * @param batchesPerMinute since it began; 0 before that
 * @param secondsLeft at this rate; of a dry run what it takes at least; null if that cannot be told
 * @param error why it does not go on, in one of its partitions; null if it does
 */
public record ReplayStatus(
    String id,
    ReplayState state,
    ReplayMode mode,
    ReplaySelection selection,
    @Nullable Integer rate,
    @Nullable Integer concurrency,
    boolean dryRun,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    int partitions,
    int selectedPartitions,
    long chats,
    long batches,
    long turns,
    long modelCalls,
    long tokens,
    long doneBatches,
    long doneTurns,
    long failedTurns,
    long emptyTurns,
    long heldTurns,
    double batchesPerMinute,
    @Nullable Long secondsLeft,
    @Nullable String error) {

  /** As the records tell. */
  static ReplayStatus of(Replay replay, ReplayRecords records, int partitions, Instant now) {
    Map<Integer, ReplayPart> byPartition = records.parts(replay.id());
    Collection<ReplayPart> parts = byPartition.values();
    boolean ended =
        partitions > 0
            && byPartition.size() >= partitions
            && parts.stream().allMatch(ReplayPart::isDone);
    Instant startedAt = startedAt(parts);
    Instant endedAt = ended ? endedAt(parts) : null;
    long batches = sum(parts, ReplayPart::batches);
    long done = sum(parts, ReplayPart::doneBatches);
    double minutes =
        startedAt == null
            ? 0
            : Duration.between(startedAt, Objects.requireNonNullElse(endedAt, now)).toMillis()
                / 60_000.0;
    double perMinute = minutes <= 0 ? 0 : Math.round(done / minutes * 10) / 10.0;
    int selected =
        (int) parts.stream().filter(part -> part.phase() != ReplayPart.Phase.SELECTING).count();
    return new ReplayStatus(
        replay.id(),
        state(replay, parts, ended),
        replay.mode(),
        replay.selection(),
        replay.rate(),
        replay.concurrency(),
        replay.dryRun(),
        Instant.ofEpochMilli(replay.createdMs()),
        startedAt,
        endedAt,
        partitions,
        selected,
        sum(parts, ReplayPart::chats),
        batches,
        sum(parts, ReplayPart::turns),
        sum(parts, ReplayPart::calls),
        sum(parts, ReplayPart::tokens),
        done,
        sum(parts, ReplayPart::doneTurns),
        sum(parts, ReplayPart::failedTurns),
        sum(parts, ReplayPart::emptyTurns),
        sum(parts, ReplayPart::heldTurns),
        perMinute,
        ended ? Long.valueOf(0) : secondsLeft(replay, batches - done, perMinute),
        parts.stream().map(ReplayPart::error).filter(Objects::nonNull).findFirst().orElse(null));
  }

  /** The same one, which is expected to take so long. */
  ReplayStatus taking(@Nullable Duration time) {
    return new ReplayStatus(
        id,
        state,
        mode,
        selection,
        rate,
        concurrency,
        dryRun,
        createdAt,
        startedAt,
        endedAt,
        partitions,
        selectedPartitions,
        chats,
        batches,
        turns,
        modelCalls,
        tokens,
        doneBatches,
        doneTurns,
        failedTurns,
        emptyTurns,
        heldTurns,
        batchesPerMinute,
        time == null ? null : Long.valueOf(time.toSeconds()),
        error);
  }

  private static ReplayState state(Replay replay, Collection<ReplayPart> parts, boolean ended) {
    if (ended) {
      return ReplayState.COMPLETED;
    }
    return switch (replay.order()) {
      case PAUSE -> ReplayState.PAUSED;
      case CANCEL -> ReplayState.CANCELLED;
      case RUN -> parts.isEmpty() ? ReplayState.WAITING : ReplayState.RUNNING;
    };
  }

  private static @Nullable Long secondsLeft(Replay replay, long batches, double perMinute) {
    if (replay.dryRun() || replay.order() != Replay.Order.RUN) {
      return null;
    }
    double pace = perMinute > 0 ? perMinute : Objects.requireNonNullElse(replay.rate(), 0);
    return pace <= 0 ? null : Long.valueOf(Math.round(batches / pace * 60));
  }

  private static @Nullable Instant startedAt(Collection<ReplayPart> parts) {
    return parts.stream()
        .map(ReplayPart::startedMs)
        .min(Long::compare)
        .map(Instant::ofEpochMilli)
        .orElse(null);
  }

  private static @Nullable Instant endedAt(Collection<ReplayPart> parts) {
    return parts.stream()
        .map(ReplayPart::endedMs)
        .filter(Objects::nonNull)
        .max(Long::compare)
        .map(Instant::ofEpochMilli)
        .orElse(null);
  }

  private static long sum(Collection<ReplayPart> parts, ToLongFunction<ReplayPart> of) {
    return parts.stream().mapToLong(of).sum();
  }
}
