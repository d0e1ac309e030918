package dev.tavernmem0.writer.consume;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a forgetting is at. */
public enum ForgetState {
  /** Asked for; no writer has begun. */
  WAITING,
  /** It is found out which turns it is about. */
  SELECTING,
  /** It is decided, and nothing brings it back; memories are being deleted. */
  TAKING_BACK,
  /** mem0 holds nothing of it any more; records of the log are being erased. */
  ERASING,
  /** All that could be reached is gone. */
  COMPLETED;

  @JsonValue
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }
}
