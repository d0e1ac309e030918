package dev.tavernmem0.embedded.memory.store;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The ids that memories are stored under and selected by. An id that is null is not asked for: a
 * scope with only a user also holds that user's memories that have an agent.
 */
public record Scope(@Nullable String userId, @Nullable String agentId, @Nullable String runId) {
  /** Every memory. */
  public static final Scope ALL = new Scope(null, null, null);

  /** Whether no id is asked for. */
  public boolean isEmpty() {
    return ids().isEmpty();
  }

  /** The ids that are asked for, by their key in the payload. */
  public Map<String, String> ids() {
    Map<String, String> ids = new LinkedHashMap<>();
    put(ids, "user_id", userId);
    put(ids, "agent_id", agentId);
    put(ids, "run_id", runId);
    return ids;
  }

  /** Writes the ids into a payload. */
  public void writeTo(ObjectNode payload) {
    ids().forEach(payload::put);
  }

  /** One string for the whole scope; different scopes have different ones. */
  public String key() {
    return ids().toString();
  }

  private static void put(Map<String, String> ids, String key, @Nullable String id) {
    if (id != null) {
      ids.put(key, id);
    }
  }
}
