package dev.tavernmem0.retriever.web;

import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.retriever.browse.MemoryBrowser;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.service.trace.RequestTrace;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /v1/memories} and {@code DELETE /v1/memories/{id}}: a user looks at what is remembered
 * of them, and has it forgotten. Unlike retrieval this fails when mem0 fails.
 */
@RestController
class MemoriesController {
  private static final int MAX_LIMIT = 1000;

  private final Optional<MemoryBrowser> browser;
  private final CharacterScopes characters;

  /**
   * Makes the controller.
   *
   * @param browser empty if mem0 is disabled
   */
  MemoriesController(Optional<MemoryBrowser> browser, CharacterScopes characters) {
    this.browser = browser;
    this.characters = characters;
  }

  /** Answer of the list and the search. */
  record MemoriesResponse(List<MemoryView> memories, String traceId) {}

  @GetMapping("/v1/memories")
  MemoriesResponse memories(
      @RequestParam(name = "user_id", required = false) @Nullable String userId,
      @RequestParam(name = "agent_id", required = false) @Nullable String agentId,
      @RequestParam(name = "query", required = false) @Nullable String query,
      @RequestParam(name = "limit", defaultValue = "100") int limit,
      @RequestAttribute(RequestTrace.TRACE_ID) String traceId) {
    String user = user(userId);
    String character = agentId == null || agentId.isBlank() ? null : agentId;
    if (limit < 1 || limit > MAX_LIMIT) {
      throw RefusedException.invalidField("limit", limit, "send a number from 1 to " + MAX_LIMIT);
    }
    List<Memory> found =
        query == null || query.isBlank()
            ? browser().list(user, character, limit)
            : browser().search(user, character, query.strip(), limit);
    return new MemoriesResponse(
        found.stream().map(memory -> MemoryView.of(memory, null, characters)).toList(), traceId);
  }

  @DeleteMapping("/v1/memories/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(
      @PathVariable("id") String id,
      @RequestParam(name = "user_id", required = false) @Nullable String userId) {
    String user = user(userId);
    if (!browser().forget(user, id)) {
      throw new NoSuchMemoryException(id);
    }
  }

  private MemoryBrowser browser() {
    return browser.orElseThrow(MemoryDisabledException::new);
  }

  private static String user(@Nullable String userId) {
    if (userId == null || userId.isBlank()) {
      throw RefusedException.invalidField(
          "user_id", userId, "send SillyTavern's user handle, for example default-user");
    }
    return userId;
  }

  /** The user has no memory with this id. */
  static final class NoSuchMemoryException extends RuntimeException {
    NoSuchMemoryException(String id) {
      super(id);
    }
  }

  /** {@code mem0.enabled=false}. */
  static final class MemoryDisabledException extends RuntimeException {}
}
