package dev.tavernmem0.writer.replay;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far a replay is in one partition, as the writer tells that has the partition; a record on
 * topic {@code tavern.ops.replays}.
 *
 * @param phase what it is at
 * @param chats selected
 * @param batches selected: those to be written again, and those that turns without a fate will make
 * @param turns selected
 * @param calls of mem0's model that this takes, if none fails
 * @param tokens of what is to be written, estimated; only a dry run tells
 * @param doneBatches that are written again, or were given up
 * @param doneTurns in these
 * @param failedTurns of these that are dead now
 * @param emptyTurns of these in which mem0 finds nothing now
 * @param heldTurns of these that wait for an operator's word
 * @param startedMs when it began here, milliseconds since the epoch
 * @param endedMs when it ended here; null before that
 * @param error why it does not go on; null if it does
 */
public record ReplayPart(
    Phase phase,
    int chats,
    int batches,
    int turns,
    int calls,
    long tokens,
    int doneBatches,
    int doneTurns,
    int failedTurns,
    int emptyTurns,
    int heldTurns,
    long startedMs,
    @Nullable Long endedMs,
    @Nullable String error) {

  /** What a replay is at. */
  public enum Phase {
    /** Finds out what is selected. */
    SELECTING,
    /** What is selected is recorded, and written. */
    WRITING,
    DONE;

    @JsonValue
    public String json() {
      return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    static Phase of(String json) {
      for (Phase phase : values()) {
        if (phase.json().equals(json)) {
          return phase;
        }
      }
      return SELECTING;
    }
  }

  /** It has just begun. */
  public static ReplayPart begun(long nowMs) {
    return new ReplayPart(Phase.SELECTING, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, nowMs, null, null);
  }

  /** This is selected. */
  public ReplayPart selected(
      int newChats, int newBatches, int newTurns, int newCalls, long newTokens) {
    return new ReplayPart(
        Phase.WRITING,
        newChats,
        newBatches,
        newTurns,
        newCalls,
        newTokens,
        0,
        0,
        0,
        0,
        0,
        startedMs,
        null,
        null);
  }

  /** So much more is done. */
  public ReplayPart advanced(
      int moreBatches, int moreTurns, int moreFailed, int moreEmpty, int moreHeld) {
    return new ReplayPart(
        phase,
        chats,
        batches,
        turns,
        calls,
        tokens,
        doneBatches + moreBatches,
        doneTurns + moreTurns,
        failedTurns + moreFailed,
        emptyTurns + moreEmpty,
        heldTurns + moreHeld,
        startedMs,
        endedMs,
        error);
  }

  /** This is why it does not go on, or null. */
  public ReplayPart failing(@Nullable String newError) {
    return new ReplayPart(
        phase,
        chats,
        batches,
        turns,
        calls,
        tokens,
        doneBatches,
        doneTurns,
        failedTurns,
        emptyTurns,
        heldTurns,
        startedMs,
        endedMs,
        newError);
  }

  /** It has ended. */
  public ReplayPart ended(long nowMs) {
    return new ReplayPart(
        Phase.DONE,
        chats,
        batches,
        turns,
        calls,
        tokens,
        doneBatches,
        doneTurns,
        failedTurns,
        emptyTurns,
        heldTurns,
        startedMs,
        nowMs,
        null);
  }

  public boolean isDone() {
    return phase == Phase.DONE;
  }
}
