package dev.tavernmem0.writer.sweep;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A memory as mem0 lists it.
 *
 * @param batchId the batch that it bears the id of; null if it is none of ours
 * @param turnIds the turns that it came from, as its batch had them
 */
public record StoredMemory(String id, String text, @Nullable String batchId, List<String> turnIds) {

  public StoredMemory {
    turnIds = List.copyOf(turnIds);
  }
}
