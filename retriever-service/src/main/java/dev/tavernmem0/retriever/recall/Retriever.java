package dev.tavernmem0.retriever.recall;

import dev.tavernmem0.retriever.guard.Deadline;
import dev.tavernmem0.retriever.query.Degraded;

/** Finds what a generation should be reminded of. Thread-safe. */
@FunctionalInterface
public interface Retriever {
  /**
   * Retrieves. Never throws: whatever goes wrong is in the answer.
   *
   * @param deadline no later than this there is an answer
   */
  Recall retrieve(RecallRequest request, Deadline deadline);

  /** A retriever that does nothing and says why. */
  static Retriever disabled() {
    return (request, deadline) -> Recall.nothing(Degraded.MEM0_DISABLED, new Timings());
  }
}
