package dev.tavernmem0.retriever.browse;

import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.mem0.ApiVersion;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.common.mem0.SearchRequest;
import dev.tavernmem0.retriever.curation.CurationLog;
import dev.tavernmem0.retriever.scope.VisibleScopes;
import dev.tavernmem0.retriever.search.OwnMemories;
import dev.tavernmem0.retriever.search.ScopeGenerations;
import dev.tavernmem0.retriever.select.Provenance;
import dev.tavernmem0.retriever.select.ScopeMerge;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows a user what is remembered and forgets what they want forgotten. Waits longer for mem0 than
 * a generation does, and lets its failures through. Thread-safe.
 */
public final class MemoryBrowser {
  private final Mem0Client mem0;
  private final VisibleScopes scopes;
  private final ScopeGenerations generations;
  private final OwnMemories own;
  private final CurationLog curation;

  public MemoryBrowser(
      Mem0Client mem0,
      VisibleScopes scopes,
      ScopeGenerations generations,
      OwnMemories own,
      CurationLog curation) {
    this.mem0 = mem0;
    this.scopes = scopes;
    this.generations = generations;
    this.own = own;
    this.curation = curation;
  }

  /** The generation of mem0 as the looks at memories have shown it; does not ask. */
  public ApiVersion generation() {
    return mem0.knownVersion();
  }

  /**
   * Memories, those said last first: mem0's dates would put a chat that was imported later on top.
   *
   * @param handle SillyTavern's user handle
   * @param character only what this character sees; null for all of the user's
   * @throws dev.tavernmem0.common.mem0.Mem0Exception if mem0 fails
   */
  public List<Memory> list(String handle, @Nullable String character, int limit) {
    String user = Mem0Ids.user(handle);
    List<Memory> found = new ArrayList<>();
    if (character == null) {
      found.addAll(own.of(user, null, mem0.listOfUser(user, limit)));
    } else {
      for (Scope scope : visible(handle, character)) {
        found.addAll(own.of(user, scope.agentId(), mem0.list(scope, limit)));
      }
    }
    // Memories of one batch were all "said" at its end; the order they were stored in tells more.
    Comparator<Memory> newestFirst =
        Comparator.comparing(MemoryBrowser::saidAt)
            .thenComparing(MemoryBrowser::storedAt)
            .reversed()
            .thenComparing(Memory::id);
    return found.stream().sorted(newestFirst).limit(limit).toList();
  }

  /**
   * Memories that fit a query, best first.
   *
   * @param handle SillyTavern's user handle
   * @param character only what this character sees; null for all of the user's
   * @param query not blank
   * @throws dev.tavernmem0.common.mem0.Mem0Exception if mem0 fails
   */
  public List<Memory> search(String handle, @Nullable String character, String query, int limit) {
    String user = Mem0Ids.user(handle);
    List<List<Memory>> found = new ArrayList<>();
    if (character == null) {
      found.add(ask(user, null, query, limit));
    } else {
      visible(handle, character)
          .forEach(scope -> found.add(ask(user, scope.agentId(), query, limit)));
    }
    return ScopeMerge.merge(found).stream().limit(limit).toList();
  }

  private List<Memory> ask(String userId, @Nullable String agentId, String query, int limit) {
    SearchRequest request = new SearchRequest(query, userId, agentId, limit, null, Map.of());
    return own.of(userId, agentId, mem0.search(request));
  }

  private List<Scope> visible(String handle, String character) {
    return scopes.of(handle, character, null, List.of());
  }

  /**
   * Has a memory of a user forgotten: the decision is written down first, so that what is deleted
   * does not come back when its chat is written again. If mem0 fails then, the decision holds.
   *
   * @return false if the user has no such memory
   * @throws dev.tavernmem0.retriever.curation.CurationUnavailableException if the decision cannot
   *     be written down; nothing is deleted
   * @throws dev.tavernmem0.common.mem0.Mem0Exception if mem0 fails
   */
  public boolean forget(String handle, String id) {
    String user = Mem0Ids.user(handle);
    Optional<Memory> memory = mem0.get(id).filter(found -> user.equals(found.userId()));
    if (memory.isEmpty()) {
      return false;
    }
    Optional<Scope> scope = OwnScope.of(memory.get());
    scope.ifPresent(its -> curation.append(forgotten(its, memory.get())));
    // Gone in between is as good as deleted.
    mem0.delete(id);
    scope.ifPresent(generations::advance);
    return true;
  }

  private static Forgotten forgotten(Scope scope, Memory memory) {
    Provenance provenance = Provenance.of(memory);
    return new Forgotten(
        scope,
        memory.id(),
        memory.text(),
        provenance.batchId(),
        provenance.turnIds(),
        provenance.utterances(),
        System.currentTimeMillis());
  }

  private static Instant saidAt(Memory memory) {
    Instant sentAt = Provenance.of(memory).sentAt();
    return sentAt == null ? storedAt(memory) : sentAt;
  }

  private static Instant storedAt(Memory memory) {
    if (memory.updatedAt() != null) {
      return memory.updatedAt();
    }
    return memory.createdAt() == null ? Instant.EPOCH : memory.createdAt();
  }
}
