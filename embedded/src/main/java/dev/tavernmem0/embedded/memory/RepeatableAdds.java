package dev.tavernmem0.embedded.memory;

import dev.tavernmem0.embedded.memory.store.AddedMemory;
import dev.tavernmem0.embedded.memory.store.KeptAnswer;
import dev.tavernmem0.embedded.memory.store.MemoryStore;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Adds that are carried out once, however often they are asked for: a repeat, known by its key and
 * its ids, waits for one that is under way and gets the first answer. Only what succeeded is kept,
 * {@link MemoryStore#ANSWERS_ARE_KEPT so long}, in the commit that stores the memories: whatever
 * ends the process leaves both or neither. Thread-safe.
 */
public final class RepeatableAdds {
  private static final int MOST_WAITING = 64;

  private final MemoryService service;
  private final MemoryStore store;
  private final Turns turns = new Turns(MOST_WAITING);

  public RepeatableAdds(MemoryService service, MemoryStore store) {
    this.service = service;
    this.store = store;
  }

  /**
   * What an add is answered.
   *
   * @param replayed whether it was stored before, and nothing was done now
   */
  public record Answer(List<AddedMemory> memories, boolean replayed) {}

  /**
   * Carries out an add, unless it was before.
   *
   * @param key null if it is not to be repeated
   * @throws KeyReusedException if the key came with something else before
   * @throws TooManyWaitingException if too many repeats wait already
   * @throws dev.tavernmem0.embedded.memory.extraction.LlmException as {@link MemoryService#add}
   */
  public Answer add(AddRequest request, @Nullable String key) {
    if (key == null) {
      return new Answer(service.add(request, null), false);
    }
    AddKey addKey = AddKey.of(key, request);
    return turns.await(addKey.addId(), () -> once(request, addKey));
  }

  /** How many repeats wait for the first. */
  public int waiting() {
    return turns.waiting();
  }

  private Answer once(AddRequest request, AddKey key) {
    Optional<KeptAnswer> kept = store.answer(key.addId());
    if (kept.isEmpty()) {
      return new Answer(service.add(request, key), false);
    }
    if (!kept.get().request().equals(key.request())) {
      throw new KeyReusedException();
    }
    return new Answer(kept.get().memories(), true);
  }
}
