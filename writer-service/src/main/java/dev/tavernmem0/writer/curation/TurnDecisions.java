package dev.tavernmem0.writer.curation;

import dev.tavernmem0.common.curation.ChatIgnored;
import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.TurnsForgotten;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What users decided about the turns of a scope.
 *
 * @param ignoredChats chats that are not to be remembered
 * @param forgottenTurns turns that are as if they had never been said, with their chats
 */
public record TurnDecisions(Set<String> ignoredChats, Map<String, String> forgottenTurns) {
  /** Nothing was decided. */
  public static final TurnDecisions NONE = new TurnDecisions(Set.of(), Map.of());

  public static TurnDecisions of(Collection<Curation> decisions) {
    Set<String> ignored = new HashSet<>();
    Map<String, String> forgotten = new HashMap<>();
    for (Curation decision : decisions) {
      if (decision instanceof ChatIgnored it) {
        ignored.add(it.chatId());
      } else if (decision instanceof TurnsForgotten it) {
        it.turnIds().forEach(turnId -> forgotten.put(turnId, it.chatId()));
      }
    }
    return ignored.isEmpty() && forgotten.isEmpty()
        ? NONE
        : new TurnDecisions(Set.copyOf(ignored), Map.copyOf(forgotten));
  }
}
