package dev.tavernmem0.writer.scope;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written.
 *
 * @param live turns that users wrote or changed just now
 * @param backlog turns that were there before the watcher looked
 * @param oldestLive when the longest waiting live turn came; null if none waits
 * @param oldestBacklog when the longest waiting turn of the backlog came; null if none waits
 */
public record Waiting(
    int live, int backlog, @Nullable Instant oldestLive, @Nullable Instant oldestBacklog) {

  /** Nothing. */
  public static final Waiting NOTHING = new Waiting(0, 0, null, null);

  public int turns() {
    return live + backlog;
  }
}
