package dev.tavernmem0.common.curation;

import dev.tavernmem0.common.identity.Scope;

/**
 * A decision of a kind that this version does not know, so that a reader can count it and go on; it
 * is never written.
 *
 * @param scope whose memories it is about
 * @param kind as the record names it
 * @param tsMs when it was decided, milliseconds since the epoch; 0 if the record does not tell
 */
public record Unknown(Scope scope, String kind, long tsMs) implements Curation {

  /** Only its key tells, which is not in the value. */
  @Override
  public String id() {
    return "";
  }
}
