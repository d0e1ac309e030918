package dev.tavernmem0.bench;

import java.util.ArrayList;
import java.util.List;

/** Durations of one kind. Not thread-safe. */
final class Latencies {
  private final List<Long> nanos = new ArrayList<>();

  void add(long duration) {
    nanos.add(duration);
  }

  /** In milliseconds; {@code percent} of them are not longer. */
  double percentile(double percent) {
    if (nanos.isEmpty()) {
      throw new IllegalStateException("nothing was measured");
    }
    List<Long> sorted = nanos.stream().sorted().toList();
    int rank = (int) Math.ceil(percent / 100 * sorted.size());
    return sorted.get(Math.max(0, rank - 1)) / 1e6;
  }
}
