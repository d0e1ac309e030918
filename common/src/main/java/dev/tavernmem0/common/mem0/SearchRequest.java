package dev.tavernmem0.common.mem0;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /search}.
 *
 * @param query not blank: mem0 refuses an empty query
 * @param userId encoded user
 * @param agentId encoded character or group; null searches all memories of the user
 * @param topK most results
 * @param threshold least semantic similarity in [0, 1]; null for the server's default
 * @param metadata metadata keys that must be equal
 */
public record SearchRequest(
    String query,
    String userId,
    @Nullable String agentId,
    int topK,
    @Nullable Double threshold,
    Map<String, String> metadata) {

  public SearchRequest {
    metadata = Map.copyOf(metadata);
  }
}
