package dev.tavernmem0.common.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Debezium's {@code source.snapshot}: whether an event was read by a snapshot, and where in it.
 *
 * <p>A chat's snapshot names every turn of the chat, in order. It begins with the event of position
 * 0 and ends with one of which {@link #endsChat()} is true; then a reader drops the turns of the
 * chat that it did not name. A chat of one turn has the ending event only. Events of the same chat
 * with {@link #FALSE} that come before the end make the snapshot void: it is published again.
 */
public enum SnapshotMarker {
  TRUE("true"),
  FALSE("false"),
  /** The first turn of a chat's snapshot. */
  FIRST_IN_DATA_COLLECTION("first_in_data_collection"),
  /** The last turn of a chat's snapshot. */
  LAST_IN_DATA_COLLECTION("last_in_data_collection"),
  /** The last event of the snapshot that was there at the start; its chat ends with it too. */
  LAST("last"),
  /** A turn amid a chat's snapshot that runs beside live changes. */
  INCREMENTAL("incremental");

  private final String json;

  SnapshotMarker(String json) {
    this.json = json;
  }

  @JsonValue
  public String json() {
    return json;
  }

  /** Whether the snapshot of the event's chat is complete with it. */
  public boolean endsChat() {
    return this == LAST_IN_DATA_COLLECTION || this == LAST;
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
