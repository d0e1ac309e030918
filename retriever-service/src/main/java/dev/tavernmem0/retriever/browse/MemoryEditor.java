package dev.tavernmem0.retriever.browse;

import dev.tavernmem0.common.curation.Added;
import dev.tavernmem0.common.curation.CurationKey;
import dev.tavernmem0.common.curation.Edited;
import dev.tavernmem0.common.curation.Pinned;
import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.identity.WrittenIds;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.AddedMemory;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.common.mem0.Mem0Message;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.common.mem0.MemoryUpdate;
import dev.tavernmem0.common.mem0.SearchRequest;
import dev.tavernmem0.retriever.curation.CurationLog;
import dev.tavernmem0.retriever.curation.CurationUnavailableException;
import dev.tavernmem0.retriever.curation.ForgottenMemories;
import dev.tavernmem0.retriever.curation.KeptMemories;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import dev.tavernmem0.retriever.search.OwnMemories;
import dev.tavernmem0.retriever.search.ScopeGenerations;
import dev.tavernmem0.retriever.select.Provenance;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes, changes and keeps memories on a user's demand. The decision is written down first, so
 * that the writer does not undo it; if mem0 fails then, doing the same again completes it. Every
 * method throws {@link CurationUnavailableException} if nothing was done because the decision could
 * not be written down, and {@link Mem0Exception} if mem0 fails. Thread-safe.
 */
public final class MemoryEditor {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryEditor.class);

  /** Of the same words there are no more. */
  private static final int MOST_ALIKE = 20;

  /** More than there are requests at a time, so that different texts seldom share one. */
  private static final int LOCKS = 256;

  private final Mem0Client mem0;
  private final CharacterScopes characters;
  private final ScopeGenerations generations;
  private final OwnMemories own;
  private final CurationLog curation;
  private final ForgottenMemories forgotten;
  private final KeptMemories kept;
  private final Object[] locks = Stream.generate(Object::new).limit(LOCKS).toArray();

  /** Makes an editor that closes nothing of what it is given. */
  public MemoryEditor(
      Mem0Client mem0,
      CharacterScopes characters,
      ScopeGenerations generations,
      OwnMemories own,
      CurationLog curation,
      ForgottenMemories forgotten,
      KeptMemories kept) {
    this.mem0 = mem0;
    this.characters = characters;
    this.generations = generations;
    this.own = own;
    this.curation = curation;
    this.forgotten = forgotten;
    this.kept = kept;
  }

  /**
   * A memory that a user wants.
   *
   * @param isNew false if it was there already
   */
  public record Remembered(Memory memory, boolean isNew) {}

  /** Has a user's character remember what no turn says; see {@link #addForGroup}. */
  public Remembered addForCharacter(String handle, String character, String text, Instant saidAt) {
    return add(characters.of(handle, character), text, saidAt);
  }

  /**
   * Has a user's group remember what no turn says. What is remembered in these words already is
   * kept from now on, and not stored again.
   *
   * @param text not blank
   * @param saidAt how old the memory is
   */
  public Remembered addForGroup(String handle, String groupId, String text, Instant saidAt) {
    return add(new Scope(Mem0Ids.user(handle), Mem0Ids.group(groupId)), text, saidAt);
  }

  private Remembered add(Scope scope, String text, Instant saidAt) {
    String id = WrittenIds.of(scope, text);
    // Of two that say the same, the second finds the first; nobody else waits for them.
    synchronized (locks[Math.floorMod(id.hashCode(), locks.length)]) {
      return add(scope, added(scope, id, text), saidAt);
    }
  }

  private Remembered add(Scope scope, Added decision, Instant saidAt) {
    String text = decision.text();
    Optional<Memory> there = find(scope, text);
    if (there.isPresent()) {
      keep(scope, there.get(), text);
      // Of an earlier request that mem0 did not answer.
      tidy(() -> curation.withdraw(decision.key()));
      return new Remembered(there.get(), false);
    }
    boolean isAskedAgain = !kept.kinds(scope, decision.id()).isEmpty();
    curation.append(decision);
    List<AddedMemory> stored;
    try {
      stored = mem0.add(request(scope, text, saidAt));
    } catch (Mem0Exception.Ambiguous e) {
      throw e;
    } catch (Mem0Exception e) {
      // Nothing says it now, and what a model says of it must not give way to nothing; unless
      // an earlier request may still be carried out.
      if (!isAskedAgain) {
        tidy(() -> curation.withdraw(decision.key()));
      }
      throw e;
    }
    generations.advance(scope);
    Memory memory = look(stored);
    // By mem0's id the writer knows it also when mem0 1.x has put other words into it.
    tidy(
        () -> {
          curation.append(added(scope, memory.id(), text));
          curation.withdraw(decision.key());
        });
    return new Remembered(memory, true);
  }

  /** What comes from a chat is pinned: it goes when its turns are forgotten. */
  private void keep(Scope scope, Memory memory, String text) {
    boolean isOfAChat = !Provenance.of(memory).turnIds().isEmpty();
    curation.append(isOfAChat ? pinned(scope, memory) : added(scope, memory.id(), text));
  }

  private static Added added(Scope scope, String id, String text) {
    return new Added(scope, id, text, System.currentTimeMillis());
  }

  private Optional<Memory> find(Scope scope, String text) {
    SearchRequest request =
        new SearchRequest(text, scope.userId(), scope.agentId(), MOST_ALIKE, 0.0, Map.of());
    return own.of(scope.userId(), scope.agentId(), mem0.search(request)).stream()
        .filter(memory -> memory.text().equals(text) && !forgotten.contains(memory))
        .findFirst();
  }

  private static AddRequest request(Scope scope, String text, Instant saidAt) {
    Map<String, Object> metadata =
        Map.of(
            Provenance.SOURCE,
            Provenance.USER,
            "sent_at",
            saidAt.toString(),
            // mem0 takes it for the memory's own date.
            "created_at",
            saidAt.toString());
    return new AddRequest(List.of(new Mem0Message("user", text)), scope, metadata, false, null);
  }

  /** An id is no proof that there is a memory. */
  private Memory look(List<AddedMemory> stored) {
    return stored.stream()
        .map(AddedMemory::id)
        .flatMap(id -> mem0.get(id).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new Mem0Exception.Ambiguous(
                    "mem0 POST /memories: what it says to have stored is not there",
                    200,
                    null,
                    null));
  }

  /** The decision is written down already; what follows makes it exact. */
  private static void tidy(Runnable what) {
    try {
      what.run();
    } catch (CurationUnavailableException e) {
      LOG.warn("a user's decision is written down, but not tidied: {}", e.getMessage());
    }
  }

  /**
   * Keeps a memory of a user, whatever becomes of the turns that it came from.
   *
   * @return false if the user has no such memory
   */
  public boolean pin(String handle, String id) {
    Optional<Memory> memory = find(handle, id);
    memory.flatMap(OwnScope::of).ifPresent(scope -> curation.append(pinned(scope, memory.get())));
    return memory.isPresent() && isStillThere(memory.get(), Pinned.KIND);
  }

  /** It may have been taken back before that was decided; then nothing is to give way to it. */
  private boolean isStillThere(Memory memory, String kind) {
    if (mem0.get(memory.id()).isPresent()) {
      return true;
    }
    OwnScope.of(memory)
        .ifPresent(
            scope -> tidy(() -> curation.withdraw(new CurationKey(scope, kind, memory.id()))));
    return false;
  }

  /**
   * Withdraws that.
   *
   * @return false if the user has no such memory
   */
  public boolean unpin(String handle, String id) {
    Optional<Memory> memory = find(handle, id);
    memory
        .flatMap(OwnScope::of)
        .ifPresent(scope -> curation.withdraw(new CurationKey(scope, Pinned.KIND, id)));
    return memory.isPresent();
  }

  private static Pinned pinned(Scope scope, Memory memory) {
    Provenance provenance = Provenance.of(memory);
    return new Pinned(
        scope,
        memory.id(),
        memory.text(),
        provenance.batchId(),
        provenance.turnIds(),
        provenance.utterances(),
        System.currentTimeMillis());
  }

  /**
   * Has a memory of a user say something else.
   *
   * @param text not blank
   * @return the memory as it is then; empty if the user has no such memory
   */
  public Optional<Memory> edit(String handle, String id, String text) {
    Optional<Memory> memory = find(handle, id);
    if (memory.isEmpty() || memory.get().text().equals(text)) {
      return memory;
    }
    OwnScope.of(memory.get())
        .ifPresent(scope -> curation.append(edited(scope, memory.get(), text)));
    // With all of its metadata: a mem0 that does not merge it would lose where it comes from.
    try {
      mem0.update(id, new MemoryUpdate(text, memory.get().metadata()));
    } catch (Mem0Exception.Permanent e) {
      if (isStillThere(memory.get(), Edited.KIND)) {
        throw e;
      }
      return Optional.empty();
    }
    OwnScope.of(memory.get()).ifPresent(generations::advance);
    return mem0.get(id);
  }

  private Edited edited(Scope scope, Memory memory, String text) {
    Provenance provenance = Provenance.of(memory);
    // By what was extracted a model's words are known again, not by what a user wrote meanwhile.
    String extracted =
        kept.edit(scope, memory.id()).map(Edited::previousText).orElse(memory.text());
    return new Edited(
        scope,
        memory.id(),
        text,
        extracted,
        provenance.batchId(),
        provenance.turnIds(),
        provenance.utterances(),
        System.currentTimeMillis());
  }

  private Optional<Memory> find(String handle, String id) {
    String user = Mem0Ids.user(handle);
    return mem0.get(id).filter(memory -> user.equals(memory.userId()));
  }
}
