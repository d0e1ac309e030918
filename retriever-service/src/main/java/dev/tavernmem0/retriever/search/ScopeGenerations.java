package dev.tavernmem0.retriever.search;

import dev.tavernmem0.common.identity.Scope;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts how often the memories of a scope changed. Search results are cached under the generation
 * they were asked in, so a change makes them unreachable, those of searches under way too.
 * Thread-safe.
 */
public final class ScopeGenerations {
  private final Map<Scope, Long> generations = new ConcurrentHashMap<>();

  /** The memories of a scope changed. */
  public void advance(Scope scope) {
    generations.merge(scope, 1L, Long::sum);
  }

  long of(Scope scope) {
    return generations.getOrDefault(scope, 0L);
  }
}
