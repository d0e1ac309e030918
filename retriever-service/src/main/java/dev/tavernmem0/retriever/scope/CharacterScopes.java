package dev.tavernmem0.retriever.scope;

import dev.tavernmem0.common.character.CharacterScope;
import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.Scope;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which scope a character's memories are in. A character that was renamed keeps the one that it
 * had; one of which nothing is known has that of its name. Answers at once, whatever is known.
 * Thread-safe.
 */
public final class CharacterScopes {
  private final Map<String, String> idsByKey = new ConcurrentHashMap<>();
  private final Map<Scope, String> keysByScope = new ConcurrentHashMap<>();

  /** Takes note of a character, by {@link CharacterScope#key}. */
  public void learn(String key, String scopeId) {
    idsByKey.put(key, scopeId);
    keysByScope.put(scope(key, scopeId), key);
  }

  /** No character has that name any more. */
  public void forget(String key) {
    String scopeId = idsByKey.remove(key);
    if (scopeId != null) {
      keysByScope.remove(scope(key, scopeId), key);
    }
  }

  /** The key begins with the user. */
  private static Scope scope(String key, String scopeId) {
    return new Scope(key.substring(0, Math.max(0, key.indexOf('/'))), scopeId);
  }

  /** The scope of a user's character, given its avatar file's stem. */
  public Scope of(String handle, String avatar) {
    String id = idsByKey.get(CharacterScope.key(handle, avatar));
    return new Scope(Mem0Ids.user(handle), id == null ? Mem0Ids.character(avatar) : id);
  }

  /**
   * What a scope's character or group is called now: the avatar file's stem, or {@code group:} and
   * the group's id.
   */
  public String nameOf(Scope scope) {
    String key = keysByScope.get(scope);
    return Mem0Ids.name(key == null ? scope.agentId() : key.substring(key.indexOf('/') + 1));
  }

  /** The id of a user's character, given what {@link Mem0Ids#character} makes of its name. */
  String idOf(String userId, String encodedName) {
    return idsByKey.getOrDefault(userId + "/" + encodedName, encodedName);
  }
}
