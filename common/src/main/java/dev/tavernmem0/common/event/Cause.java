package dev.tavernmem0.common.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Which action in SillyTavern led to the change, as far as the files show it.
 *
 * <p>{@link #UNKNOWN} stands for any value that this version does not know; it is never written.
 */
public enum Cause {
  APPEND("append"),
  INSERT("insert"),
  EDIT("edit"),
  SWIPE("swipe"),
  CONTINUE("continue"),
  REGENERATE("regenerate"),
  HIDE("hide"),
  UNHIDE("unhide"),
  /** The user's line is another persona's now. */
  SPEAKER("speaker"),
  DELETE("delete"),
  MOVE("move"),
  CHAT_DELETED("chat-deleted"),
  /** Nobody did anything: a snapshot says what is there. */
  SNAPSHOT("snapshot"),
  UNKNOWN("unknown");

  private final String json;

  Cause(String json) {
    this.json = json;
  }

  @JsonValue
  public String json() {
    return json;
  }

  @JsonCreator
  static Cause of(String json) {
    for (Cause value : values()) {
      if (value.json.equals(json)) {
        return value;
      }
    }
    return UNKNOWN;
  }
}
