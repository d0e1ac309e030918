package dev.tavernmem0.embedded.memory.store;

import java.util.List;

/**
 * What an add was answered that can be repeated.
 *
 * @param addId which add; the same for each repeat
 * @param request what was asked, as a digest
 */
public record KeptAnswer(String addId, String request, List<AddedMemory> memories) {
  public KeptAnswer {
    memories = List.copyOf(memories);
  }
}
