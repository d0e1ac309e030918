package dev.tavernmem0.embedded.memory.web;

import dev.tavernmem0.embedded.memory.MemoryService;
import dev.tavernmem0.embedded.memory.RepeatableAdds;
import dev.tavernmem0.embedded.memory.store.HistoryEvent;
import dev.tavernmem0.embedded.memory.store.MemoryStore;
import dev.tavernmem0.embedded.memory.store.Scope;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** mem0 v2's REST interface to memories. */
@RestController
class MemoryController {
  private static final int DEFAULT_TOP_K = 20;
  private static final int MAX_TOP_K = 1000;

  private final MemoryService service;
  private final RepeatableAdds adds;
  private final MemoryStore store;

  MemoryController(MemoryService service, RepeatableAdds adds, MemoryStore store) {
    this.service = service;
    this.adds = adds;
    this.store = store;
  }

  /** Stores memories; a repeat with the same key and ids gets the first answer, and says so. */
  @PostMapping("/memories")
  ResponseEntity<Map<String, List<ObjectNode>>> add(
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody JsonNode body) {
    RepeatableAdds.Answer answer = adds.add(Requests.add(body), Requests.key(key));
    ResponseEntity.BodyBuilder response = ResponseEntity.ok();
    if (answer.replayed()) {
      response.header("Idempotency-Replayed", "true");
    }
    return response.body(results(answer.memories().stream().map(MemoryJson::added).toList()));
  }

  /** Lists a scope's memories; without ids, all memories there are. */
  @GetMapping("/memories")
  Map<String, List<ObjectNode>> list(
      @RequestParam(name = "user_id", required = false) @Nullable String userId,
      @RequestParam(name = "agent_id", required = false) @Nullable String agentId,
      @RequestParam(name = "run_id", required = false) @Nullable String runId,
      @RequestParam(name = "top_k", required = false) @Nullable Integer topK,
      @RequestParam(name = "show_expired", defaultValue = "false") boolean showExpired) {
    requireTopK(topK);
    Scope scope = queryScope(userId, agentId, runId);
    if (scope.isEmpty()) {
      int limit = topK == null ? MAX_TOP_K : topK;
      return results(store.list(scope, limit, true).stream().map(MemoryJson::raw).toList());
    }
    int limit = topK == null ? DEFAULT_TOP_K : topK;
    return results(store.list(scope, limit, showExpired).stream().map(MemoryJson::listed).toList());
  }

  /** One memory; an unknown id is answered with 200 and {@code null}, as in mem0. */
  @GetMapping("/memories/{id}")
  ResponseEntity<Object> get(@PathVariable String id) {
    return store
        .get(id)
        .<ResponseEntity<Object>>map(memory -> ResponseEntity.ok(MemoryJson.single(memory)))
        .orElseGet(() -> ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body("null"));
  }

  @PutMapping("/memories/{id}")
  Map<String, String> update(@PathVariable String id, @RequestBody JsonNode body) {
    if (!service.update(id, Requests.update(body))) {
      throw ApiException.noSuchMemory(id);
    }
    return message("Memory updated successfully!");
  }

  @GetMapping("/memories/{id}/history")
  List<HistoryEvent> history(@PathVariable String id) {
    return store.history(id);
  }

  @DeleteMapping("/memories/{id}")
  Map<String, String> delete(@PathVariable String id) {
    if (!store.delete(id)) {
      throw ApiException.noSuchMemory(id);
    }
    return message("Memory deleted successfully");
  }

  @DeleteMapping("/memories")
  Map<String, String> deleteAll(
      @RequestParam(name = "user_id", required = false) @Nullable String userId,
      @RequestParam(name = "agent_id", required = false) @Nullable String agentId,
      @RequestParam(name = "run_id", required = false) @Nullable String runId) {
    Scope scope = queryScope(userId, agentId, runId);
    if (scope.isEmpty()) {
      throw ApiException.badRequest("At least one identifier is required.");
    }
    store.deleteAll(scope);
    return message("All relevant memories deleted");
  }

  @PostMapping("/search")
  Map<String, List<ObjectNode>> search(@RequestBody JsonNode body) {
    SearchBody search = SearchBody.read(body);
    return results(
        service
            .search(
                search.query(),
                search.scope(),
                search.filter(),
                search.topK(),
                search.threshold(),
                search.showExpired())
            .stream()
            .map(hit -> MemoryJson.found(hit, search.explain(), search.threshold()))
            .toList());
  }

  @PostMapping("/reset")
  Map<String, String> reset() {
    store.reset();
    return message("All memories reset");
  }

  private static Scope queryScope(
      @Nullable String userId, @Nullable String agentId, @Nullable String runId) {
    return Requests.scope(emptyToNull(userId), emptyToNull(agentId), emptyToNull(runId));
  }

  private static @Nullable String emptyToNull(@Nullable String value) {
    return value == null || value.isEmpty() ? null : value;
  }

  private static void requireTopK(@Nullable Integer topK) {
    if (topK != null && (topK < 0 || topK > MAX_TOP_K)) {
      throw new InvalidFieldsException(
          List.of(
              new FieldError(
                  topK < 0 ? "greater_than_equal" : "less_than_equal",
                  List.of("query", "top_k"),
                  topK < 0
                      ? "Input should be greater than or equal to 0"
                      : "Input should be less than or equal to " + MAX_TOP_K)));
    }
  }

  private static Map<String, List<ObjectNode>> results(List<ObjectNode> results) {
    return Map.of("results", results);
  }

  private static Map<String, String> message(String message) {
    return Map.of("message", message);
  }
}
