package dev.tavernmem0.writer.sweep;

import java.util.List;

/**
 * What mem0 does not hold of a batch although the ledger says that it was written.
 *
 * @param batchId the batch
 * @param memoryIds ids of memories that do not exist, or that tell something else now
 */
public record MissingMemories(String batchId, List<String> memoryIds) {

  public MissingMemories {
    memoryIds = List.copyOf(memoryIds);
  }
}
