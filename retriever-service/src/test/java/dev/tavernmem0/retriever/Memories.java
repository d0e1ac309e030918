package dev.tavernmem0.retriever;

import dev.tavernmem0.common.mem0.Memory;
import java.util.List;
import java.util.Map;

/** Memories as mem0 would return them. */
public final class Memories {
  private Memories() {}

  public static Memory memory(String id, String text, double similarity) {
    return memory(id, text, similarity, Map.of());
  }

  public static Memory ofTurns(String id, String text, String... turnHashes) {
    return memory(id, text, 0.5, Map.of("turn_hashes", List.of(turnHashes)));
  }

  private static Memory memory(
      String id, String text, double similarity, Map<String, Object> metadata) {
    return new Memory(id, text, similarity, similarity, "alice", "Seraphina", metadata, null, null);
  }
}
