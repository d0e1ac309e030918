package dev.tavernmem0.writer.kafka;

import java.util.Collection;
import java.util.TreeMap;

/**
 * Which offsets of a partition are not done with. Tasks complete in any order; what may be
 * committed is everything before the first offset that is still open. Not thread-safe.
 */
public final class OpenOffsets {
  private final TreeMap<Long, Integer> open = new TreeMap<>();
  private long next = -1;

  /** A record was read; offsets come in rising order. */
  public void opened(long offset) {
    open.put(offset, 1);
    next = offset + 1;
  }

  /** Something more depends on an open offset: it has to be closed once more. */
  public void owed(long offset) {
    open.computeIfPresent(offset, (open, times) -> times + 1);
  }

  /** Some are done with; those that are not open (any more) are ignored. */
  public void closed(Collection<Long> offsets) {
    for (Long offset : offsets) {
      open.computeIfPresent(offset, (open, times) -> times == 1 ? null : times - 1);
    }
  }

  /** Where the group is to go on after a restart; -1 as long as nothing was read. */
  public long committable() {
    return open.isEmpty() ? next : open.firstKey();
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
