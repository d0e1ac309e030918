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

  /** One turn that came then. */
  static Waiting ofLive(Instant since) {
    return new Waiting(1, 0, since, null);
  }

  /** One turn of the backlog that came then. */
  static Waiting ofBacklog(Instant since) {
    return new Waiting(0, 1, null, since);
  }

  /** What waits here and there. */
  public Waiting and(Waiting other) {
    return new Waiting(
        live + other.live,
        backlog + other.backlog,
        earlier(oldestLive, other.oldestLive),
        earlier(oldestBacklog, other.oldestBacklog));
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return other.isBefore(one) ? other : one;
  }

  public int turns() {
    return live + backlog;
  }
}
