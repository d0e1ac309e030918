package dev.tavernmem0.common.mem0;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Bodies of mem0's REST API, which names its fields as it likes; both generations. */
final class Mem0Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

  private Mem0Json() {}

  static byte[] write(Object body) {
    return MAPPER.writeValueAsBytes(body);
  }

  static JsonNode read(byte[] body) {
    return MAPPER.readTree(body);
  }

  static Map<String, Object> add(AddRequest request) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("messages", request.messages());
    body.put("user_id", request.scope().userId());
    body.put("agent_id", request.scope().agentId());
    body.put("metadata", request.metadata());
    body.put("infer", request.infer());
    if (request.prompt() != null) {
      body.put("prompt", request.prompt());
    }
    return body;
  }

  static Map<String, Object> search(SearchRequest request, ApiVersion version) {
    Map<String, Object> ids = new LinkedHashMap<>();
    ids.put("user_id", request.userId());
    if (request.agentId() != null) {
      ids.put("agent_id", request.agentId());
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("query", request.query());
    if (version == ApiVersion.V1) {
      // No threshold: v1 compares it with a distance and would keep the worst.
      body.putAll(ids);
      body.put("limit", request.topK());
      if (!request.metadata().isEmpty()) {
        body.put("filters", request.metadata());
      }
    } else {
      ids.putAll(request.metadata());
      body.put("filters", ids);
      body.put("top_k", request.topK());
      body.put("explain", true);
      if (request.threshold() != null) {
        body.put("threshold", request.threshold());
      }
    }
    return body;
  }

  static List<AddedMemory> addedMemories(JsonNode body) {
    List<AddedMemory> added = new ArrayList<>();
    for (JsonNode result : results(body)) {
      String id = text(result, "id");
      if (id == null) {
        throw new MalformedAnswerException("a result has no id");
      }
      String event = text(result, "event");
      added.add(
          new AddedMemory(id, orEmpty(text(result, "memory")), event == null ? "ADD" : event));
    }
    return added;
  }

  static List<Memory> memories(JsonNode body, ApiVersion version) {
    List<Memory> memories = new ArrayList<>();
    for (JsonNode result : results(body)) {
      memories.add(memory(result, version));
    }
    return memories;
  }

  static Memory memory(JsonNode node, ApiVersion version) {
    String id = text(node, "id");
    if (id == null) {
      throw new MalformedAnswerException("a memory has no id");
    }
    Double score = number(node, "score");
    Double semantic = number(node.path("score_details"), "semantic_score");
    if (version == ApiVersion.V1 && score != null) {
      // A cosine distance, in [0, 2].
      score = 1 - score;
      semantic = score;
    }
    JsonNode metadata = node.path("metadata");
    return new Memory(
        id,
        orEmpty(text(node, "memory")),
        score,
        semantic,
        text(node, "user_id"),
        text(node, "agent_id"),
        metadata.isObject() ? MAPPER.convertValue(metadata, OBJECT) : Map.of(),
        instant(text(node, "created_at")),
        instant(text(node, "updated_at")));
  }

  /** The list of results: {@code {"results": […]}}, or the bare array of early 1.0 servers. */
  private static JsonNode results(JsonNode body) {
    JsonNode results = body.isArray() ? body : body.path("results");
    if (!results.isArray()) {
      throw new MalformedAnswerException("the answer has no list of results");
    }
    return results;
  }

  private static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isString() ? value.stringValue() : null;
  }

  private static @Nullable Double number(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isNumber() ? value.doubleValue() : null;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static @Nullable Instant instant(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** A 2xx answer whose body is not what the API promises. */
  static final class MalformedAnswerException extends RuntimeException {
    MalformedAnswerException(String message) {
      super(message);
    }
  }
}
