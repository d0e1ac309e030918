package dev.tavernmem0.writer.replay;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a replay does with the turns that it selects. */
public enum ReplayMode {
  /** Writes what has no memories: turns without a fate, dead ones, empty ones. */
  MISSING,
  /** Takes back what is written, and writes it anew. */
  REWRITE;

  /** The fates that it can select, and does unless it is narrowed. */
  public Set<ReplayedFate> fates() {
    return switch (this) {
      case MISSING -> Set.of(ReplayedFate.NONE, ReplayedFate.DEAD, ReplayedFate.EMPTY);
      case REWRITE -> Set.of(ReplayedFate.WRITTEN, ReplayedFate.EMPTY, ReplayedFate.DEAD);
    };
  }

  @JsonValue
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The mode of this name; null if there is none. */
  @JsonCreator
  public static @Nullable ReplayMode of(String json) {
    for (ReplayMode mode : values()) {
      if (mode.json().equals(json)) {
        return mode;
      }
    }
    return null;
  }
}
