package dev.tavernmem0.common.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Whether a chat has one character or a group of them.
 *
 * <p>{@link #UNKNOWN} stands for any value that this version does not know; it is never written.
 */
public enum ChatKind {
  SOLO("solo"),
  GROUP("group"),
  UNKNOWN("unknown");

  private final String json;

  ChatKind(String json) {
    this.json = json;
  }

  @JsonValue
  public String json() {
    return json;
  }

  @JsonCreator
  static ChatKind of(String json) {
    for (ChatKind value : values()) {
      if (value.json.equals(json)) {
        return value;
      }
    }
    return UNKNOWN;
  }
}
