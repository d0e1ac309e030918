package dev.tavernmem0.embedded.memory.web;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.memory.search.HybridScore;
import dev.tavernmem0.embedded.memory.store.AddedMemory;
import dev.tavernmem0.embedded.memory.store.Memory;
import dev.tavernmem0.embedded.memory.store.PayloadKeys;
import dev.tavernmem0.embedded.memory.store.SearchHit;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Memories as mem0's answers show them. */
final class MemoryJson {
  private static final List<String> PROMOTED =
      List.of(
          "user_id",
          "agent_id",
          "run_id",
          PayloadKeys.ACTOR_ID,
          PayloadKeys.ROLE,
          PayloadKeys.ATTRIBUTED_TO,
          PayloadKeys.EXPIRATION_DATE);
  private static final Set<String> CORE =
      Set.of(
          PayloadKeys.DATA, PayloadKeys.HASH, PayloadKeys.CREATED_AT, PayloadKeys.UPDATED_AT, "id");

  private MemoryJson() {}

  static ObjectNode added(AddedMemory memory) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("id", memory.id()).put("memory", memory.text()).put("event", "ADD");
    if (memory.role() != null) {
      json.putNull(PayloadKeys.ACTOR_ID).put(PayloadKeys.ROLE, memory.role());
    }
    return json;
  }

  /** One memory of a list. */
  static ObjectNode listed(Memory memory) {
    ObjectNode json = core(memory);
    for (String key : PROMOTED) {
      JsonNode value = memory.payload().get(key);
      if (value != null) {
        json.set(key, value);
      }
    }
    json.set("metadata", metadata(memory, key -> CORE.contains(key) || PROMOTED.contains(key)));
    return json;
  }

  /** One memory by its id. */
  static ObjectNode single(Memory memory) {
    return listed(memory).putNull("score");
  }

  static ObjectNode found(SearchHit hit, boolean explain, double threshold) {
    ObjectNode json = listed(hit.memory());
    HybridScore score = hit.score();
    json.put("score", score.combined());
    if (explain) {
      json.putObject("score_details")
          .put("semantic_score", score.semantic())
          .put("bm25_score", score.bm25())
          .put("entity_boost", 0.0)
          .put("raw_score", score.raw())
          .put("max_possible_score", score.maxPossible())
          .put("final_score", score.combined())
          .put("threshold", threshold);
    }
    return json;
  }

  /** One memory of the list of all: mem0 gives that one in a shape of its own. */
  static ObjectNode raw(Memory memory) {
    ObjectNode json = core(memory);
    for (String key : List.of("user_id", "agent_id", "run_id", PayloadKeys.EXPIRATION_DATE)) {
      json.set(key, memory.payload().path(key).isMissingNode() ? null : memory.payload().get(key));
    }
    json.set(
        "metadata",
        metadata(
            memory,
            key ->
                CORE.contains(key)
                    || PayloadKeys.SCOPE.contains(key)
                    || key.equals(PayloadKeys.EXPIRATION_DATE)));
    return json;
  }

  private static ObjectNode core(Memory memory) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("id", memory.id()).put("memory", memory.text());
    for (String key : List.of(PayloadKeys.HASH, PayloadKeys.CREATED_AT, PayloadKeys.UPDATED_AT)) {
      json.set(key, memory.payload().get(key));
    }
    return json;
  }

  private static JsonNode metadata(Memory memory, Predicate<String> reserved) {
    ObjectNode metadata = memory.payload().deepCopy();
    metadata.remove(metadata.propertyNames().stream().filter(reserved).toList());
    return metadata.isEmpty() ? Json.MAPPER.nullNode() : metadata;
  }
}
