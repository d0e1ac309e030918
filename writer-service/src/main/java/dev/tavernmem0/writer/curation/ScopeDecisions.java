package dev.tavernmem0.writer.curation;

import dev.tavernmem0.common.curation.Added;
import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.Edited;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.curation.Pinned;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What users decided about the memories of a scope, as the writer heeds it.
 *
 * @param forgotten what is not to come back
 * @param kept what a memory says that its user wrote, changed or pinned, and what it said before
 * @param keptIds the ids of those memories: they stay although what they came from is taken back
 * @param forgottenIds the ids of the memories that are not to come back
 */
public record ScopeDecisions(
    MemoryTexts forgotten, MemoryTexts kept, Set<String> keptIds, Set<String> forgottenIds) {
  /** Why a batch that mem0 remembered something of is empty: its user wanted none of it. */
  public static final String FORGOTTEN = "forgotten";

  /** Nothing was decided. */
  public static final ScopeDecisions NONE =
      new ScopeDecisions(MemoryTexts.NONE, MemoryTexts.NONE, Set.of(), Set.of());

  /** A memory that was forgotten is not kept, whatever was decided about it before. */
  public static ScopeDecisions of(Collection<Curation> decisions) {
    Set<String> forgottenIds = new HashSet<>();
    List<String> forgotten = new ArrayList<>();
    for (Curation decision : decisions) {
      if (decision instanceof Forgotten it) {
        forgottenIds.add(it.memoryId());
        forgotten.add(it.text());
      }
    }
    List<String> kept = new ArrayList<>();
    Set<String> keptIds = new HashSet<>();
    for (Curation decision : decisions) {
      List<String> texts = textsToKeep(decision);
      if (!texts.isEmpty() && !forgottenIds.contains(decision.id())) {
        kept.addAll(texts);
        keptIds.add(decision.id());
      }
    }
    return new ScopeDecisions(
        new MemoryTexts(forgotten),
        new MemoryTexts(kept),
        Set.copyOf(keptIds),
        Set.copyOf(forgottenIds));
  }

  private static List<String> textsToKeep(Curation decision) {
    if (decision instanceof Pinned it) {
      return List.of(it.text());
    }
    if (decision instanceof Edited it) {
      return List.of(it.text(), it.previousText());
    }
    return decision instanceof Added it ? List.of(it.text()) : List.of();
  }

  /**
   * Whether a memory of what was said before may stay: users decided nothing that speaks against
   * it.
   */
  public boolean letStay(String memoryId, String text) {
    return !forgotten.hold(text) && (keptIds.contains(memoryId) || !kept.hold(text));
  }

  /** Whether it is what was forgotten, and not what mem0 has put into a memory of its id since. */
  public boolean haveForgotten(String memoryId, String text) {
    return forgottenIds.contains(memoryId) && forgotten.hold(text);
  }

  public boolean isNothing() {
    return forgotten.isEmpty() && keptIds.isEmpty();
  }
}
