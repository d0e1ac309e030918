package dev.tavernmem0.retriever.curation;

import dev.tavernmem0.common.curation.Added;
import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.CurationKey;
import dev.tavernmem0.common.curation.Edited;
import dev.tavernmem0.common.curation.Pinned;
import dev.tavernmem0.common.identity.Scope;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Memories that users wrote, changed or pinned, as far as the topic was read. Thread-safe. */
public final class KeptMemories {
  private final Map<CurationKey, Curation> byKey = new ConcurrentHashMap<>();

  void learn(Curation decision) {
    if (decision instanceof Added || decision instanceof Edited || decision instanceof Pinned) {
      byKey.put(decision.key(), decision);
    }
  }

  /** The decision is withdrawn. */
  void withdraw(CurationKey key) {
    byKey.remove(key);
  }

  /** What was decided about a memory: {@code added}, {@code edited}, {@code pinned}. */
  public List<String> kinds(Scope scope, String memoryId) {
    return Stream.of(Added.KIND, Edited.KIND, Pinned.KIND)
        .filter(kind -> byKey.containsKey(new CurationKey(scope, kind, memoryId)))
        .toList();
  }

  /** The latest change of a memory's words; empty if there was none. */
  public Optional<Edited> edit(Scope scope, String memoryId) {
    return byKey.get(new CurationKey(scope, Edited.KIND, memoryId)) instanceof Edited edited
        ? Optional.of(edited)
        : Optional.empty();
  }
}
