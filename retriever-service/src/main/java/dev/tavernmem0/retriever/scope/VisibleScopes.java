package dev.tavernmem0.retriever.scope;

import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.Scope;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A character sees its own memories with a user and those of the groups it is a member of; nothing
 * else. Thread-safe.
 */
public final class VisibleScopes {
  private final CharacterScopes characters;
  private final GroupDirectory groups;
  private final int maxScopes;

  /**
   * Makes the rule.
   *
   * @param maxScopes most scopes of one character: each is a search
   */
  public VisibleScopes(CharacterScopes characters, GroupDirectory groups, int maxScopes) {
    this.characters = characters;
    this.groups = groups;
    this.maxScopes = maxScopes;
  }

  /**
   * The scopes, the most telling first: its own, the group it is speaking in, its other groups.
   *
   * @param handle SillyTavern's user handle
   * @param character the avatar file's stem
   * @param groupId the group whose chat this is; null in a solo chat
   * @param groupMembers that group's members as avatar file stems; empty if the caller does not say
   */
  public List<Scope> of(
      String handle, String character, @Nullable String groupId, List<String> groupMembers) {
    Scope own = characters.of(handle, character);
    Set<Scope> scopes = new LinkedHashSet<>();
    scopes.add(own);
    if (groupId != null && (groupMembers.isEmpty() || isMember(handle, own, groupMembers))) {
      scopes.add(new Scope(own.userId(), Mem0Ids.group(groupId)));
    }
    scopes.addAll(groups.groupsOf(own, characters));
    return scopes.stream().limit(maxScopes).toList();
  }

  private boolean isMember(String handle, Scope character, List<String> groupMembers) {
    return groupMembers.stream()
        .filter(member -> !member.isEmpty())
        .anyMatch(member -> characters.of(handle, member).equals(character));
  }
}
