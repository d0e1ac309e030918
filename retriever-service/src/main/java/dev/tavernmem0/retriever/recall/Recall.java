package dev.tavernmem0.retriever.recall;

import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.retriever.query.Degraded;
import dev.tavernmem0.retriever.query.Query;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a request.
 *
 * @param memories those in the block, best first
 * @param block the text for the prompt; empty if there is none
 * @param query what found the memories, or was asked last; null if nothing was asked
 * @param degraded why memory did less than it could; null if nothing failed
 * @param timings how long the steps took
 */
public record Recall(
    List<Memory> memories,
    String block,
    @Nullable Query query,
    @Nullable Degraded degraded,
    Timings timings) {

  public Recall {
    memories = List.copyOf(memories);
  }

  static Recall nothing(Degraded reason, Timings timings) {
    return new Recall(List.of(), "", null, reason, timings);
  }
}
