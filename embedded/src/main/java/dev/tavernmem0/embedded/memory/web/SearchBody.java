package dev.tavernmem0.embedded.memory.web;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.memory.filter.MetadataFilter;
import dev.tavernmem0.embedded.memory.filter.MetadataFilterParser;
import dev.tavernmem0.embedded.memory.store.PayloadKeys;
import dev.tavernmem0.embedded.memory.store.Scope;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A search as {@code POST /search} takes it.
 *
 * @param topK how many memories at most
 * @param threshold least semantic score
 * @param explain whether to show how scores came about
 */
record SearchBody(
    String query,
    Scope scope,
    MetadataFilter filter,
    int topK,
    double threshold,
    boolean explain,
    boolean showExpired) {
  private static final int DEFAULT_TOP_K = 20;
  private static final double DEFAULT_THRESHOLD = 0.1;

  static SearchBody read(JsonNode json) {
    BodyReader body = new BodyReader(json);
    String query = body.requiredString("query");
    Map<String, String> deprecatedIds = new HashMap<>();
    for (String key : PayloadKeys.SCOPE) {
      String id = body.string(key);
      if (id != null && !id.isEmpty()) {
        deprecatedIds.put(key, id);
      }
    }
    ObjectNode filters = body.object("filters");
    Integer topK = body.integer("top_k");
    Double threshold = body.number("threshold");
    Boolean explain = body.bool("explain");
    Boolean showExpired = body.bool("show_expired");
    body.check();

    requireRange(topK, threshold);
    if (query.isBlank()) {
      throw ApiException.badRequest("Invalid query: cannot be empty or whitespace-only.");
    }
    ObjectNode all = filters == null ? Json.MAPPER.createObjectNode() : filters.deepCopy();
    deprecatedIds.forEach(all::put);
    Scope scope = takeScope(all);
    return new SearchBody(
        query.strip(),
        scope,
        all.isEmpty() ? MetadataFilter.any() : MetadataFilterParser.parse(all),
        topK == null ? DEFAULT_TOP_K : topK,
        threshold == null ? DEFAULT_THRESHOLD : threshold,
        explain != null && explain,
        showExpired != null && showExpired);
  }

  private static void requireRange(@Nullable Integer topK, @Nullable Double threshold) {
    if (threshold != null && !(threshold >= 0 && threshold <= 1)) {
      throw ApiException.badRequest(
          "Invalid threshold: " + threshold + ". Must be between 0 and 1 (inclusive).");
    }
    if (topK != null && topK < 0) {
      throw ApiException.badRequest("Invalid top_k: " + topK + ". Must be a non-negative integer.");
    }
  }

  /** Takes the ids out of the filters; a {@code "*"} stays, as a condition that there is one. */
  private static Scope takeScope(ObjectNode filters) {
    if (PayloadKeys.SCOPE.stream().noneMatch(filters::has)) {
      throw ApiException.badRequest(
          "filters must contain at least one of: user_id, agent_id, run_id."
              + " Example: filters={'user_id': 'u1'}");
    }
    return Requests.scope(
        takeId(filters, "user_id"), takeId(filters, "agent_id"), takeId(filters, "run_id"));
  }

  private static @Nullable String takeId(ObjectNode filters, String key) {
    JsonNode value = filters.get(key);
    if (value == null || (value.isString() && value.stringValue().equals("*"))) {
      return null;
    }
    filters.remove(key);
    if (value.isNull()) {
      return null;
    }
    if (value.isContainer()) {
      throw ApiException.badRequest(
          "Invalid " + key + ": must be a string; put operators on it into AND.");
    }
    return value.asString();
  }
}
