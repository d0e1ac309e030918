package dev.tavernmem0.writer.replay;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A replay as an operator wants it; a record on topic {@code tavern.ops.replays}.
 *
 * @param version of this format, {@link #VERSION}
 * @param id its id
 * @param mode what is done with what is selected
 * @param selection what is
 * @param rate most batches per minute, of all writers together; null for as many as go
 * @param concurrency most batches at a time, of each writer; null for as many as mem0 gets
 * @param dryRun counts only
 * @param order what the operator wants of it by now
 * @param createdMs when it was asked for, milliseconds since the epoch
 */
public record Replay(
    int version,
    String id,
    ReplayMode mode,
    ReplaySelection selection,
    @Nullable Integer rate,
    @Nullable Integer concurrency,
    boolean dryRun,
    Order order,
    long createdMs) {

  public static final int VERSION = 1;

  /** Which is carried out first. */
  public static final Comparator<Replay> FIRST_COME =
      Comparator.comparingLong(Replay::createdMs).thenComparing(Replay::id);

  /** What an operator wants of a replay. */
  public enum Order {
    RUN,
    PAUSE,
    CANCEL;

    @JsonValue
    public String json() {
      return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    static Order of(String json) {
      for (Order order : values()) {
        if (order.json().equals(json)) {
          return order;
        }
      }
      return PAUSE;
    }
  }

  /** The same one with another order. */
  public Replay ordered(Order newOrder) {
    return new Replay(version, id, mode, selection, rate, concurrency, dryRun, newOrder, createdMs);
  }

  /** Whether turns are looked for that the ledger does not know. */
  public boolean looksForUnrecorded() {
    return selection.fates().contains(ReplayedFate.NONE);
  }

  /** Whether the log has to be read to know what is selected. */
  public boolean needsLog() {
    return looksForUnrecorded() || selection.hasDates() || dryRun;
  }
}
