package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.common.ledger.Merge.Change;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.AddedMemory;
import dev.tavernmem0.common.mem0.Memory;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What mem0 has made of a batch.
 *
 * @param memoryIds memories that it is told by
 * @param merges what was done to memories of earlier batches, as far as that is known
 * @param whole whether that is known to be all of it
 */
record Stored(List<String> memoryIds, List<Merge> merges, boolean whole) {

  /** What mem0 itself answered. */
  static Stored answered(List<AddedMemory> results) {
    Set<String> ids = new LinkedHashSet<>();
    List<Merge> merges = new ArrayList<>();
    for (AddedMemory result : results) {
      switch (result.event()) {
        case "ADD" -> ids.add(result.id());
        case "UPDATE" -> {
          ids.add(result.id());
          merges.add(new Merge(result.id(), Change.UPDATE));
        }
        case "DELETE" -> merges.add(new Merge(result.id(), Change.DELETE));
        case "NONE" -> merges.add(new Merge(result.id(), Change.KEEP));
        default -> {
          // An event of a mem0 to come: that there is such a memory is all that is known.
          ids.add(result.id());
        }
      }
    }
    return new Stored(List.copyOf(ids), merges, true);
  }

  /**
   * What was found of it after mem0 gave no answer: it may have been amid the batch when it died,
   * and what it changed or deleted of other batches is not known. Only without a model it is known
   * how many memories there are to be: one for each message.
   */
  static Stored found(List<Memory> memories, AddRequest request) {
    List<String> ids = memories.stream().map(Memory::id).distinct().toList();
    boolean whole = !request.infer() && ids.size() == request.messages().size();
    return new Stored(ids, List.of(), whole);
  }

  /** Whether mem0 found nothing to remember that it does not know. */
  boolean isNothing() {
    return memoryIds.isEmpty() && merges.isEmpty();
  }

  /** The same, told by these memories only. */
  Stored toldBy(List<String> ids, boolean wholeNow) {
    return new Stored(ids, merges, wholeNow);
  }
}
