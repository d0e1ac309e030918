package dev.tavernmem0.common.curation;

import dev.tavernmem0.common.identity.Scope;

/**
 * A memory that a user wrote; no turn says it.
 *
 * @param scope whose memory it is
 * @param memoryId an id of its own
 * @param text what it says
 * @param tsMs when it was written, milliseconds since the epoch
 */
public record Added(Scope scope, String memoryId, String text, long tsMs) implements Curation {
  /** What was decided, as keys name it. */
  public static final String KIND = "added";

  public Added {
    text = WholeText.of(text);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String id() {
    return memoryId;
  }

  @Override
  public CurationKey key() {
    return new CurationKey(scope, KIND, memoryId);
  }

  @Override
  public String toString() {
    return "Added[" + key() + "]";
  }
}
