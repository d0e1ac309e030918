package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.mem0.Mem0Client;
import org.jspecify.annotations.Nullable;

/**
 * Whether batches are posted with a key of their own, so that mem0 answers a second post as the
 * first: then no look is needed at what became of a post without an answer. Thread-safe.
 */
public final class IdempotencyKeys {
  private final Mem0Client mem0;
  private volatile @Nullable Boolean taken;

  public IdempotencyKeys(Mem0Client mem0) {
    this.mem0 = mem0;
  }

  /**
   * Whether mem0 takes them, as far as it was asked. Asks mem0 until that is known.
   *
   * @throws dev.tavernmem0.common.mem0.Mem0Exception if mem0 does not say
   */
  boolean areTaken() {
    Boolean known = taken;
    return known == null ? areTakenNow() : known;
  }

  /** As {@link #areTaken}, asked now: it may be another server by now. */
  boolean areTakenNow() {
    boolean now = mem0.takesIdempotencyKeys();
    taken = now;
    return now;
  }
}
