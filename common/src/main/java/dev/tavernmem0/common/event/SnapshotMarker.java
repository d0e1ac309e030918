package dev.tavernmem0.common.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Debezium's {@code source.snapshot}: whether an event was read by a snapshot. */
public enum SnapshotMarker {
  TRUE("true"),
  FALSE("false"),
  /** The last event of a snapshot. */
  LAST("last");

  private final String json;

  SnapshotMarker(String json) {
    this.json = json;
  }

  @JsonValue
  public String json() {
    return json;
  }

  @JsonCreator
  static SnapshotMarker of(String json) {
    for (SnapshotMarker value : values()) {
      if (value.json.equals(json)) {
        return value;
      }
    }
    return FALSE;
  }
}
