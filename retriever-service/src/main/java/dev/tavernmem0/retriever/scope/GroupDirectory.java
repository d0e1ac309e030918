package dev.tavernmem0.retriever.scope;

import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which characters are in which group, as the ledger tells: the members that a group had when a
 * batch of it was written last. Thread-safe.
 */
public final class GroupDirectory {
  private final Map<String, Map<String, Members>> groupsByUser = new ConcurrentHashMap<>();

  private record Members(Set<String> names, long tsMs) {
    Members later(Members other) {
      return other.tsMs >= tsMs ? other : this;
    }
  }

  /** Takes note of a group chat's entry; others say nothing about groups. */
  public void learn(LedgerEntry entry) {
    Scope scope = entry.scope();
    if (Mem0Ids.isGroup(scope.agentId()) && !entry.groupMembers().isEmpty()) {
      groupsByUser
          .computeIfAbsent(scope.userId(), user -> new ConcurrentHashMap<>())
          .merge(
              scope.agentId(),
              new Members(Set.copyOf(entry.groupMembers()), entry.tsMs()),
              Members::later);
    }
  }

  /**
   * Scopes of the groups that a character is in, the one written last first.
   *
   * @param characters what has become of the members' names since
   */
  List<Scope> groupsOf(Scope character, CharacterScopes characters) {
    return groupsByUser.getOrDefault(character.userId(), Map.of()).entrySet().stream()
        .filter(
            group ->
                group.getValue().names().stream()
                    .map(name -> characters.idOf(character.userId(), name))
                    .anyMatch(character.agentId()::equals))
        .sorted(
            Comparator.comparingLong((Map.Entry<String, Members> group) -> group.getValue().tsMs())
                .reversed()
                .thenComparing(Map.Entry::getKey))
        .map(group -> new Scope(character.userId(), group.getKey()))
        .toList();
  }
}
