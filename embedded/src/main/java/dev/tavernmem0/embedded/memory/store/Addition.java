package dev.tavernmem0.embedded.memory.store;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/**
 * What one add leaves behind.
 *
 * @param scope whose last messages these are
 * @param lastMessages what {@link MemoryStore#lastMessages} gives from now on; null leaves it as it
 *     is
 * @param answer for its repeats; null if there can be none
 */
public record Addition(
    List<EmbeddedMemory> memories,
    Scope scope,
    @Nullable ArrayNode lastMessages,
    @Nullable KeptAnswer answer) {

  public Addition {
    memories = List.copyOf(memories);
  }

  /** Memories alone. */
  public static Addition of(List<EmbeddedMemory> memories) {
    return new Addition(memories, Scope.ALL, null, null);
  }
}
