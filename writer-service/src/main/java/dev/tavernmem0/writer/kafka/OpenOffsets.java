package dev.tavernmem0.writer.kafka;

import java.util.Collection;
import java.util.TreeSet;

/**
 * Which offsets of a partition are not done with. Tasks complete in any order; what may be
 * committed is everything before the first offset that is still open. Not thread-safe.
 */
public final class OpenOffsets {
  private final TreeSet<Long> open = new TreeSet<>();
  private long next = -1;

  /** A record was read; offsets come in rising order. */
  public void opened(long offset) {
    open.add(offset);
    next = offset + 1;
  }

  /** Some are done with; those that are not open (any more) are ignored. */
  public void closed(Collection<Long> offsets) {
    open.removeAll(offsets);
  }

  /** Where the group is to go on after a restart; -1 as long as nothing was read. */
  public long committable() {
    return open.isEmpty() ? next : open.first();
  }

  /** Offset behind the last record read; -1 before the first. */
  public long next() {
    return next;
  }

  /** How many are open. */
  public int size() {
    return open.size();
  }
}
