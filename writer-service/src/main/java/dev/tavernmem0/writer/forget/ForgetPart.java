package dev.tavernmem0.writer.forget;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far a {@link Forget} is in one partition, as the writer tells that has the partition; a
 * record on topic {@code tavern.ops.forgets}.
 *
 * @param phase what it is at
 * @param chats that lose turns
 * @param turns that are forgotten
 * @param memories that tell of them, which are deleted; what else their batches say is remembered
 *     anew
 * @param records of the log that are erased, dead letters included
 * @param notErasable records of the log that cannot be erased by themselves, because an earlier
 *     version made them, or others with the keys of which there are several
 * @param sharedKeys records of any chat whose keys others may have too: as long as there is one,
 *     nothing is compacted
 * @param startedMs when it began here, milliseconds since the epoch
 * @param endedMs when it ended here; null before that
 * @param error why it does not go on; null if it does
 */
public record ForgetPart(
    Phase phase,
    int chats,
    int turns,
    int memories,
    int records,
    int notErasable,
    int sharedKeys,
    long startedMs,
    @Nullable Long endedMs,
    @Nullable String error) {

  /** What it is at. */
  public enum Phase {
    /** Finds out which turns it is about. */
    SELECTING,
    /** It is decided; memories are taken back. */
    TAKING_BACK,
    /** The log's records are being erased. */
    ERASING,
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

  /** Nothing is known yet. */
  public static ForgetPart begun(long nowMs) {
    return new ForgetPart(Phase.SELECTING, 0, 0, 0, 0, 0, 0, nowMs, null, null);
  }

  /** It is known what it is about. */
  public ForgetPart selected(
      int newChats, int newTurns, int newMemories, int newRecords, int newSharedKeys) {
    return new ForgetPart(
        phase,
        newChats,
        newTurns,
        newMemories,
        newRecords,
        notErasable,
        newSharedKeys,
        startedMs,
        endedMs,
        null);
  }

  /** So many records are erased, and so many cannot be. */
  public ForgetPart erasing(int newRecords, int newNotErasable) {
    return with(phase, newRecords, newNotErasable, endedMs, null);
  }

  /** It is at something else. */
  public ForgetPart at(Phase newPhase) {
    return with(newPhase, records, notErasable, endedMs, null);
  }

  /** It does not go on for this reason; null if it does. */
  public ForgetPart failing(@Nullable String newError) {
    return with(phase, records, notErasable, endedMs, newError);
  }

  /** It is done here. */
  public ForgetPart ended(long nowMs) {
    return with(Phase.DONE, records, notErasable, nowMs, null);
  }

  private ForgetPart with(
      Phase newPhase,
      int newRecords,
      int newNotErasable,
      @Nullable Long newEndedMs,
      @Nullable String newError) {
    return new ForgetPart(
        newPhase,
        chats,
        turns,
        memories,
        newRecords,
        newNotErasable,
        sharedKeys,
        startedMs,
        newEndedMs,
        newError);
  }
}
