package dev.tavernmem0.service.task;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where something long is. */
public enum TaskState {
  /** It was not asked for since the start of the service. */
  NONE,
  RUNNING,
  COMPLETED,
  FAILED;

  @JsonValue
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }
}
