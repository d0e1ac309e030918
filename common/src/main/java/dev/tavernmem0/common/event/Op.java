package dev.tavernmem0.common.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * What happened to a turn, in Debezium's one-letter codes.
 *
 * <p>{@link #UNKNOWN} stands for any code that this version does not know, so that a reader can
 * count it and go on; it is never written.
 */
public enum Op {
  CREATE("c"),
  UPDATE("u"),
  DELETE("d"),
  /** Read by a snapshot: the turn existed before the watcher did. */
  READ("r"),
  UNKNOWN("?");

  private final String code;

  Op(String code) {
    this.code = code;
  }

  @JsonValue
  public String code() {
    return code;
  }

  @JsonCreator
  static Op of(String code) {
    for (Op op : values()) {
      if (op.code.equals(code)) {
        return op;
      }
    }
    return UNKNOWN;
  }
}
