package dev.tavernmem0.retriever.web;

import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.retriever.browse.MemoryBrowser;
import dev.tavernmem0.retriever.browse.MemoryEditor;
import dev.tavernmem0.retriever.curation.KeptMemories;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.service.trace.RequestTrace;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/memories}: a user looks at what is remembered of them, has it forgotten, and writes,
 * changes and pins memories. Unlike retrieval this fails when mem0 fails.
 */
@RestController
class MemoriesController {
  private static final int MAX_LIMIT = 1000;

  private final Optional<MemoryBrowser> browser;
  private final Optional<MemoryEditor> editor;
  private final CharacterScopes characters;
  private final KeptMemories kept;

  /**
   * Makes the controller.
   *
   * @param browser empty if mem0 is disabled
   * @param editor empty if mem0 is disabled
   */
  MemoriesController(
      Optional<MemoryBrowser> browser,
      Optional<MemoryEditor> editor,
      CharacterScopes characters,
      KeptMemories kept) {
    this.browser = browser;
    this.editor = editor;
    this.characters = characters;
    this.kept = kept;
  }

  /** Answer of the list and the search. */
  record MemoriesResponse(List<MemoryView> memories, String traceId) {}

  /**
   * Answer to what is to be remembered.
   *
   * @param stored false if it was remembered in these words already
   */
  record AddResponse(MemoryView memory, boolean stored, String traceId) {}

  /** Answer to what is changed. */
  record MemoryResponse(MemoryView memory, String traceId) {}

  /** Body of a change. */
  record EditRequest(@Nullable String userId, @Nullable String text) {}

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
    return new MemoriesResponse(found.stream().map(this::view).toList(), traceId);
  }

  private MemoryView view(Memory memory) {
    return MemoryView.of(memory, null, characters, kept);
  }

  /** 201 with the memory; 200 if it is remembered in these words already, and kept from now on. */
  @PostMapping("/v1/memories")
  ResponseEntity<AddResponse> add(
      @RequestBody AddMemoryRequest request,
      @RequestAttribute(RequestTrace.TRACE_ID) String traceId) {
    String user = user(request.userId());
    String character = request.character();
    String text = WrittenText.of(request.text());
    MemoryEditor.Remembered remembered =
        character == null
            ? editor().addForGroup(user, request.group(), text, request.time())
            : editor().addForCharacter(user, character, text, request.time());
    return ResponseEntity.status(remembered.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
        .body(new AddResponse(view(remembered.memory()), remembered.isNew(), traceId));
  }

  @PutMapping("/v1/memories/{id}")
  MemoryResponse edit(
      @PathVariable("id") String id,
      @RequestBody EditRequest request,
      @RequestAttribute(RequestTrace.TRACE_ID) String traceId) {
    return editor()
        .edit(user(request.userId()), id, WrittenText.of(request.text()))
        .map(memory -> new MemoryResponse(view(memory), traceId))
        .orElseThrow(() -> new NoSuchMemoryException(id));
  }

  @PutMapping("/v1/memories/{id}/pin")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void pin(
      @PathVariable("id") String id,
      @RequestParam(name = "user_id", required = false) @Nullable String userId) {
    if (!editor().pin(user(userId), id)) {
      throw new NoSuchMemoryException(id);
    }
  }

  @DeleteMapping("/v1/memories/{id}/pin")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void unpin(
      @PathVariable("id") String id,
      @RequestParam(name = "user_id", required = false) @Nullable String userId) {
    if (!editor().unpin(user(userId), id)) {
      throw new NoSuchMemoryException(id);
    }
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

  private MemoryEditor editor() {
    return editor.orElseThrow(MemoryDisabledException::new);
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
