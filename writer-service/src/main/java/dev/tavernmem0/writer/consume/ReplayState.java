package dev.tavernmem0.writer.consume;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a replay is at. */
public enum ReplayState {
  /** Others were asked for before it, or nobody has begun yet. */
  WAITING,
  RUNNING,
  PAUSED,
  COMPLETED,
  CANCELLED;

  @JsonValue
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }
}
