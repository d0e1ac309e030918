package dev.tavernmem0.common.ledger;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * What mem0 did to a memory of an earlier batch when it was given this one. mem0 1.x merges what it
 * is told into what it knows; 2.x only adds.
 *
 * @param memoryId the memory
 * @param change what was done to it
 */
public record Merge(String memoryId, Change change) {

  public Merge {
    change = change == null ? Change.UNKNOWN : change;
  }

  /** Whether the memory as it was is no more. */
  public boolean displaces() {
    return change != Change.KEEP;
  }

  /** Kinds of merges, mem0's events of these names but for {@code NONE}. */
  public enum Change {
    /** The memory has this batch's text and metadata now. */
    UPDATE,
    /** The memory is gone, because what this batch says contradicts it. */
    DELETE,
    /** mem0's {@code NONE}: the memory says already what this batch says. */
    KEEP,
    /** A value that this version does not know; never written. */
    UNKNOWN;

    @JsonValue
    public String json() {
      return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    static Change of(String json) {
      for (Change change : values()) {
        if (change.json().equals(json)) {
          return change;
        }
      }
      return UNKNOWN;
    }
  }
}
