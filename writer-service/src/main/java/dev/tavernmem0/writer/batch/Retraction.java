package dev.tavernmem0.writer.batch;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A batch that no longer says what the chat says, until its memories are deleted. */
final class Retraction {
  private final Map<String, Long> gone = new LinkedHashMap<>();
  private final Instant since;
  private Instant lastChange;
  private boolean chatDeleted;
  private boolean confirmed;

  Retraction(Instant now) {
    this.since = now;
    this.lastChange = now;
  }

  void touch(Instant now) {
    lastChange = now;
  }

  /**
   * Notes the deletion of a turn, whose event stands at this offset of the log. Returns the offset
   * of an earlier deletion that this one replaces; null if there was none.
   */
  @Nullable Long gone(String turnId, long offset, boolean withWholeChat, Instant now) {
    chatDeleted |= withWholeChat;
    lastChange = now;
    return gone.put(turnId, offset);
  }

  /** The turn is back. Returns the offset of its deletion; null if it was not deleted. */
  @Nullable Long cameBack(String turnId) {
    return gone.remove(turnId);
  }

  /** Turns that are gone, with the offsets of their deletions. */
  Map<String, Long> gone() {
    return gone;
  }

  boolean chatDeleted() {
    return chatDeleted;
  }

  /** An operator wants it, however many turns are gone. */
  void confirm() {
    confirmed = true;
  }

  boolean confirmed() {
    return confirmed;
  }

  Instant since() {
    return since;
  }

  Instant lastChange() {
    return lastChange;
  }
}
