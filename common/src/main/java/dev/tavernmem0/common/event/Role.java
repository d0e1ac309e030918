package dev.tavernmem0.common.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Who speaks in a turn.
 *
 * <p>{@link #UNKNOWN} stands for any value that this version does not know; it is never written.
 */
public enum Role {
  USER("user"),
  ASSISTANT("assistant"),
  NARRATOR("narrator"),
  SYSTEM("system"),
  UNKNOWN("unknown");

  private final String json;

  Role(String json) {
    this.json = json;
  }

  @JsonValue
  public String json() {
    return json;
  }

  @JsonCreator
  static Role of(String json) {
    for (Role value : values()) {
      if (value.json.equals(json)) {
        return value;
      }
    }
    return UNKNOWN;
  }
}
