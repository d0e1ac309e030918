package dev.tavernmem0.retriever.recall;

import java.util.LinkedHashMap;
import java.util.Map;

/** How long the steps of one retrieval took. Not thread-safe: it belongs to its request. */
public final class Timings {
  private static final double NANOS_PER_TENTH = 100_000.0;

  private final Map<String, Double> millis = new LinkedHashMap<>();

  void record(String step, long nanos) {
    millis.put(step, Math.round(nanos / NANOS_PER_TENTH) / 10.0);
  }

  /** Milliseconds by step, to one decimal, with {@code total} first. */
  public Map<String, Double> withTotal(long totalNanos) {
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("total", Math.round(totalNanos / NANOS_PER_TENTH) / 10.0);
    all.putAll(millis);
    return all;
  }
}
