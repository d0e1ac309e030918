package dev.tavernmem0.testkit.mem0;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The memories, in the order they were added. Thread-safe. */
final class MemoryStore {
  private final Map<String, StoredMemory> memories = new LinkedHashMap<>();
  private final Map<String, List<Map<String, @Nullable Object>>> histories = new LinkedHashMap<>();

  synchronized void add(StoredMemory memory) {
    memories.put(memory.id(), memory);
    remember(memory.id(), "ADD", null, memory.text(), memory.createdAt());
  }

  synchronized @Nullable StoredMemory get(String id) {
    return memories.get(id);
  }

  synchronized boolean replace(StoredMemory memory) {
    StoredMemory old = memories.replace(memory.id(), memory);
    if (old == null) {
      return false;
    }
    remember(memory.id(), "UPDATE", old.text(), memory.text(), memory.updatedAt());
    return true;
  }

  synchronized boolean delete(String id, String now) {
    StoredMemory old = memories.remove(id);
    if (old == null) {
      return false;
    }
    remember(id, "DELETE", old.text(), null, now);
    return true;
  }

  synchronized List<StoredMemory> all() {
    return List.copyOf(memories.values());
  }

  synchronized List<Map<String, @Nullable Object>> history(String id) {
    return List.copyOf(histories.getOrDefault(id, List.of()));
  }

  synchronized void clear() {
    memories.clear();
    histories.clear();
  }

  private void remember(
      String id, String event, @Nullable String before, @Nullable String after, String at) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("memory_id", id);
    entry.put("old_memory", before);
    entry.put("new_memory", after);
    entry.put("event", event);
    entry.put("created_at", at);
    histories.computeIfAbsent(id, key -> new ArrayList<>()).add(entry);
  }
}
