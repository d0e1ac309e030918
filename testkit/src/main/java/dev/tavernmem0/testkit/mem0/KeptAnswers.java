package dev.tavernmem0.testkit.mem0;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * What adds with an {@code Idempotency-Key} were answered. A repeat waits for one that is under
 * way. Thread-safe.
 */
final class KeptAnswers {
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();

  private record Kept(JsonNode request, Answer answer) {}

  /** The answer to the first add with this key and these ids; asked for if this one is it. */
  Answer once(String key, JsonNode request, Supplier<Answer> add) {
    String id = key + " " + request.path("user_id") + request.path("agent_id");
    Kept answered = kept.computeIfAbsent(id, first -> new Kept(request, add.get()));
    if (!answered.request().equals(request)) {
      throw new ApiException(422, "This Idempotency-Key came with another body before.");
    }
    return answered.answer();
  }

  void clear() {
    kept.clear();
  }
}
