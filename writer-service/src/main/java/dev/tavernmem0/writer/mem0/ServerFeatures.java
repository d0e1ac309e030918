package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Ready;
import org.jspecify.annotations.Nullable;

/**
 * What the server can do, as far as it says so: whether batches are posted with a key of their own,
 * so that mem0 answers a second post as the first and no look is needed at what became of a post
 * without an answer; and how much its embedder takes. Thread-safe.
 */
public final class ServerFeatures {
  private final Mem0Client mem0;
  private final TokenLimit limit;
  private volatile @Nullable Boolean takesKeys;

  /**
   * Nothing is known yet.
   *
   * @param limit is told how much the embedder takes
   */
  public ServerFeatures(Mem0Client mem0, TokenLimit limit) {
    this.mem0 = mem0;
    this.limit = limit;
  }

  /**
   * Whether mem0 takes keys, as far as it was asked. Asks mem0 until that is known.
   *
   * @throws dev.tavernmem0.common.mem0.Mem0Exception if mem0 does not say
   */
  boolean takesKeys() {
    Boolean known = takesKeys;
    return known == null ? takesKeysNow() : known;
  }

  /** As {@link #takesKeys}, asked now: it may be another server by now. */
  boolean takesKeysNow() {
    Ready ready = mem0.ready();
    Integer tokens = ready.embedderLimitTokens();
    if (tokens != null) {
      limit.embedderTakes(tokens);
    }
    takesKeys = ready.takesIdempotencyKeys();
    return ready.takesIdempotencyKeys();
  }
}
