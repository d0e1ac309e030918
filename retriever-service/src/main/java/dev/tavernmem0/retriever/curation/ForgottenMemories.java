package dev.tavernmem0.retriever.curation;

import dev.tavernmem0.common.curation.CurationKey;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.mem0.Memory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Memories that users had forgotten. mem0 may hold them still, if it failed when they were to be
 * deleted. Thread-safe.
 */
public final class ForgottenMemories {
  private final Map<CurationKey, Forgotten> byKey = new ConcurrentHashMap<>();
  private final Map<String, String> textById = new ConcurrentHashMap<>();

  void learn(Forgotten decision) {
    byKey.put(decision.key(), decision);
    textById.put(decision.memoryId(), decision.text());
  }

  /** The decision is withdrawn. */
  void withdraw(CurationKey key) {
    Forgotten withdrawn = byKey.remove(key);
    if (withdrawn != null) {
      textById.remove(withdrawn.memoryId());
    }
  }

  /**
   * Whether the memory was forgotten as it is. mem0 1.x may give its id to another text later on,
   * which was not.
   */
  public boolean contains(Memory memory) {
    return memory.text().equals(textById.get(memory.id()));
  }
}
