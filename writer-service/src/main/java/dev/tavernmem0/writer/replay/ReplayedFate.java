package dev.tavernmem0.writer.replay;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.tavernmem0.common.ledger.Fate;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The fates of turns that can be replayed. */
public enum ReplayedFate {
  /** The log has the turn, and the ledger does not. */
  NONE(null),
  /** mem0 refused it for good. */
  DEAD(Fate.DEAD),
  /** mem0 found nothing to remember in it. */
  EMPTY(Fate.EMPTY),
  /** mem0 remembers it. */
  WRITTEN(Fate.WRITTEN);

  private final @Nullable Fate fate;

  ReplayedFate(@Nullable Fate fate) {
    this.fate = fate;
  }

  /** Whether batches of a fate are meant. */
  boolean is(Fate other) {
    return Objects.equals(fate, other);
  }

  @JsonValue
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The fate of this name; null if there is none, or it cannot be replayed. */
  @JsonCreator
  public static @Nullable ReplayedFate of(String json) {
    for (ReplayedFate value : values()) {
      if (value.json().equals(json)) {
        return value;
      }
    }
    return null;
  }
}
