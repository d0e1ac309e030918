package dev.tavernmem0.writer.consume;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the writer is doing; a snapshot, at most a few hundred milliseconds old.
 *
 * @param state where it is
 * @param pausedBy why nothing is written: {@code disabled}, {@code auth}, {@code unavailable},
 *     {@code provider}, {@code operator}; null if something is. Only under {@code operator} are
 *     turns read meanwhile
 * @param lastError what went wrong last, without chat text; null if nothing did
 * @param roles how messages are sent: {@code as_said}, or all as the {@code user}'s; null if none
 *     was sent yet
 * @param chats known chats, in the partitions of this instance
 * @param pendingTurns turns that wait to be written and are what users said or changed just now
 * @param backlogTurns turns that wait to be written and were there before the watcher looked
 * @param oldestPendingMs how long the longest waiting of the pending turns has waited
 * @param oldestBacklogMs how long the longest waiting turn of the backlog has waited
 * @param inFlight batches being written or retracted; those between two attempts included, unless
 *     an operator pauses: 0 then says that mem0 is not called
 * @param lag records not read yet
 * @param turnsPerMinute turns written in the last five minutes, per minute
 * @param secondsLeft how long all that waits will take at that pace; null if that cannot be said
 * @param callsPerHundredTurns what writing cost since the start
 * @param deadTurns turns that mem0 refused for good, in the partitions of this instance
 * @param emptyTurns turns that mem0 found nothing to remember in
 * @param phantomMemories ids that mem0 returned since the start and that do not exist
 * @param holds chats whose retraction waits for an operator
 * @param held those of them that wait longest, ten at most
 * @param unendedSnapshots chats whose snapshot does not come to its end, and keeps the partition's
 *     {@code committable} where it is; ten at most
 * @param stoppedOperations replays, and what is to be forgotten, that do not go on; of the whole
 *     group, ten at most
 * @param deadRecords records that became dead letters since the start, being no turn events
 * @param unreadableLedgerRecords records of the ledger that are no entries and were skipped when
 *     the partitions of this instance were taken over
 * @param sweep how what mem0 holds compares with the ledger; ten findings at most
 * @param partitions the partitions of this instance
 */
public record WriterStatus(
    State state,
    @Nullable String pausedBy,
    @Nullable String lastError,
    @Nullable String roles,
    int chats,
    int pendingTurns,
    int backlogTurns,
    long oldestPendingMs,
    long oldestBacklogMs,
    int inFlight,
    long lag,
    double turnsPerMinute,
    @Nullable Long secondsLeft,
    CallsPerHundredTurns callsPerHundredTurns,
    int deadTurns,
    int emptyTurns,
    long phantomMemories,
    int holds,
    List<Hold> held,
    List<UnendedSnapshot> unendedSnapshots,
    List<StoppedOperation> stoppedOperations,
    long deadRecords,
    long unreadableLedgerRecords,
    SweepStatus sweep,
    List<PartitionStatus> partitions) {

  /** What {@code pausedBy} is while an operator pauses the writing. */
  public static final String BY_OPERATOR = "operator";

  public WriterStatus {
    held = List.copyOf(held);
    unendedSnapshots = List.copyOf(unendedSnapshots);
    stoppedOperations = List.copyOf(stoppedOperations);
    partitions = List.copyOf(partitions);
  }

  /** Where the writer is. */
  public enum State {
    /** Not connected to Kafka yet, or connecting again after a failure. */
    CONNECTING,
    /** In the group, without partitions (yet), or restoring their ledgers. */
    JOINING,
    RUNNING,
    STOPPED
  }

  /**
   * One partition.
   *
   * @param partition of the turns
   * @param next offset of the next record to read; -1 before the first
   * @param committable where a restart would go on; -1 before the first record
   * @param openRecords records read and not done with
   * @param lag records not read yet; -1 if not known yet
   */
  public record PartitionStatus(
      int partition, long next, long committable, int openRecords, long lag) {}

  static WriterStatus starting() {
    return without(State.CONNECTING, null);
  }

  static WriterStatus without(State state, @Nullable String lastError) {
    return new WriterStatus(
        state,
        null,
        lastError,
        null,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        null,
        CallsPerHundredTurns.NONE,
        0,
        0,
        0,
        0,
        List.of(),
        List.of(),
        List.of(),
        0,
        0,
        SweepStatus.NONE,
        List.of());
  }

  /** Turns that wait, those that are not read yet included. */
  public long waitingTurns() {
    return lag + pendingTurns + backlogTurns;
  }

  /** With what is counted from the start of the process on. */
  WriterStatus sinceStart(long dead, long phantoms, CallsPerHundredTurns calls) {
    return new WriterStatus(
        state,
        pausedBy,
        lastError,
        roles,
        chats,
        pendingTurns,
        backlogTurns,
        oldestPendingMs,
        oldestBacklogMs,
        inFlight,
        lag,
        turnsPerMinute,
        secondsLeft,
        calls,
        deadTurns,
        emptyTurns,
        phantoms,
        holds,
        held,
        unendedSnapshots,
        stoppedOperations,
        dead,
        unreadableLedgerRecords,
        sweep,
        partitions);
  }
}
