package dev.tavernmem0.common.ledger;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What became of a batch and so of its turns. */
public enum Fate {
  /** An intent: about to be written, outcome not known yet. */
  PENDING,
  /** mem0 returned memories. */
  WRITTEN,
  /** mem0 took the batch and found nothing to remember in it. */
  EMPTY,
  /** Not to be written: see the reason. */
  SKIPPED,
  /** Says what another turn said, which is, or waits to be, in a batch. */
  SAID,
  /** Its retraction waits for an operator. */
  HELD,
  /** An intent: its memories are being deleted, and some may be gone. Never taken back. */
  RETRACTING,
  /** Its memories were deleted because a turn of it changed or went. */
  RETRACTED,
  /** mem0 refused it for good; the turns are on the dead-letter topic. */
  DEAD,
  /** Its user has forgotten it; never written, because then it is in no entry. */
  FORGOTTEN,
  /** A value that this version does not know; never written. */
  UNKNOWN;

  @JsonValue
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  static Fate of(String json) {
    for (Fate fate : values()) {
      if (fate.json().equals(json)) {
        return fate;
      }
    }
    return UNKNOWN;
  }
}
