package dev.tavernmem0.writer.curation;

import dev.tavernmem0.common.curation.Added;
import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.Edited;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.curation.Pinned;
import dev.tavernmem0.common.identity.WrittenIds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What users decided about the memories of a scope, as the writer heeds it.
 *
 * @param forgotten what is not to come back
 * @param replaced what memories said before their user changed them
 * @param kept what memories say that their user wrote, changed or pinned, by their ids: they stay
 *     although what they came from is taken back
 * @param forgottenIds the ids of the memories that are not to come back
 */
public record ScopeDecisions(
    MemoryTexts forgotten,
    MemoryTexts replaced,
    Map<String, MemoryTexts> kept,
    Set<String> forgottenIds) {
  /** Why a batch that mem0 remembered something of is empty: its user wanted none of it. */
  public static final String FORGOTTEN = "forgotten";

  /** Nothing was decided. */
  public static final ScopeDecisions NONE =
      new ScopeDecisions(MemoryTexts.NONE, MemoryTexts.NONE, Map.of(), Set.of());

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
    List<String> replaced = new ArrayList<>();
    Map<String, List<String>> kept = new HashMap<>();
    for (Curation decision : decisions) {
      List<String> words = wordsToKeep(decision);
      if (!words.isEmpty() && !forgottenIds.contains(decision.id())) {
        kept.computeIfAbsent(decision.id(), id -> new ArrayList<>()).addAll(words);
        if (decision instanceof Edited it) {
          replaced.add(it.previousText());
        }
      }
    }
    Map<String, MemoryTexts> keptTexts = new HashMap<>();
    kept.forEach((id, words) -> keptTexts.put(id, new MemoryTexts(words)));
    return new ScopeDecisions(
        new MemoryTexts(forgotten),
        new MemoryTexts(replaced),
        Map.copyOf(keptTexts),
        Set.copyOf(forgottenIds));
  }

  private static List<String> wordsToKeep(Curation decision) {
    if (decision instanceof Pinned it) {
      return List.of(it.text());
    }
    if (decision instanceof Edited it) {
      return List.of(it.text());
    }
    return decision instanceof Added it ? List.of(it.text()) : List.of();
  }

  /**
   * Whether a memory of what was said before may stay: users decided nothing that speaks against
   * it. What a kept memory says is not said twice, but only if this mem0 has that memory: it may be
   * another one than that in which it was kept.
   *
   * @param isThere whether mem0 has a memory; asked only of kept ones that say the same
   */
  public boolean letStay(String memoryId, String text, Predicate<String> isThere) {
    if (forgotten.hold(text)) {
      return false;
    }
    if (kept.containsKey(memoryId)) {
      return true;
    }
    return !replaced.hold(text)
        && kept.entrySet().stream()
            .filter(each -> each.getValue().hold(text))
            .map(Map.Entry::getKey)
            // Of one whose id mem0 has not told yet nobody knows whether it is there.
            .noneMatch(id -> WrittenIds.isOne(id) || isThere.test(id));
  }

  /** The memories that stay although what they came from is taken back. */
  public Set<String> keptIds() {
    return kept.keySet();
  }

  /** Whether it is what was forgotten, and not what mem0 has put into a memory of its id since. */
  public boolean haveForgotten(String memoryId, String text) {
    return forgottenIds.contains(memoryId) && forgotten.hold(text);
  }

  public boolean isNothing() {
    return forgotten.isEmpty() && kept.isEmpty();
  }
}
