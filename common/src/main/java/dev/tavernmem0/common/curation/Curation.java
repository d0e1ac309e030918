package dev.tavernmem0.common.curation;

import dev.tavernmem0.common.identity.Scope;

/**
 * One decision of a user; value of topic {@code tavern.memory.curation}, which is compacted and
 * partitioned by scope. The latest decision under a {@link CurationKey} holds; a record without a
 * value withdraws it.
 *
 * <p>Its texts are what somebody said: no decision prints them.
 */
public sealed interface Curation
    permits Added, ChatIgnored, Edited, Forgotten, Pinned, TurnsForgotten, Unknown {

  /** Whose memories it is about. */
  Scope scope();

  /** What was decided, as the JSON's {@code kind} and the key name it. */
  String kind();

  /** What it is about: a memory's id, or a chat's. */
  String id();

  /** When it was decided, milliseconds since the epoch. */
  long tsMs();

  /** The key of its record. */
  default CurationKey key() {
    return new CurationKey(scope(), kind(), id());
  }
}
