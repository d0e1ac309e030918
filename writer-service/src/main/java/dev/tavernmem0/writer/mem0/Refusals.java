package dev.tavernmem0.writer.mem0;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells a turn that mem0 or its model will never take from a provider that takes none, by what
 * became of the others. Thread-safe.
 */
final class Refusals {
  /** So many guilty turns, and nothing taken in between, are no coincidence. */
  private static final int PROVIDERS = 3;

  private static final int MOST_REMEMBERED = 10_000;

  /** Since the last batch that was taken, each with a guilty turn of its own. */
  private final List<Set<String>> inARow = new ArrayList<>();

  /** How many batches had been taken when a turn was refused first; of the last ones refused. */
  private final Map<String, Long> firstRefused =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  private long taken;
  private @Nullable String message;

  /** mem0 took a batch. */
  synchronized void taken(Collection<String> turnIds) {
    taken++;
    inARow.clear();
    firstRefused.keySet().removeAll(Set.copyOf(turnIds));
  }

  /**
   * mem0 refused a batch for good. Of a batch that is a part of one that was refused before, the
   * same turn may be guilty.
   *
   * @param says what mem0 said, without chat text
   */
  synchronized void refused(Collection<String> turnIds, String says) {
    message = says;
    inARow.removeIf(before -> !Collections.disjoint(before, turnIds));
    inARow.add(Set.copyOf(turnIds));
    turnIds.forEach(turnId -> firstRefused.putIfAbsent(turnId, taken));
  }

  /**
   * Whether a turn that is refused alone was refused before, and another was taken in between; not
   * while the provider takes nothing, for it may have been that both times.
   */
  synchronized boolean isGuilty(String turnId) {
    Long first = firstRefused.get(turnId);
    return first != null && first < taken && !areTheProviders();
  }

  /** What mem0 said last; null if it has refused nothing. */
  synchronized @Nullable String message() {
    return message;
  }

  /** A turn is given up. */
  synchronized void givenUp(String turnId) {
    firstRefused.remove(turnId);
  }

  /** Whether it is the provider, and not what is said. */
  synchronized boolean areTheProviders() {
    return inARow.size() >= PROVIDERS;
  }

  /**
   * Whether a part may be taken of what is refused as a whole. A provider that refuses everything
   * may find all of it too long; once it has refused a turn alone, it is not that.
   */
  synchronized boolean lessMayBeTaken() {
    return !areTheProviders() || inARow.stream().noneMatch(turns -> turns.size() == 1);
  }
}
