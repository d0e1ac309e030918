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

  /** Takes note of a character, by {@link CharacterScope#key}. */
  public void learn(String key, String scopeId) {
    idsByKey.put(key, scopeId);
  }

  /** No character has that name any more. */
  public void forget(String key) {
    idsByKey.remove(key);
  }

  /** The scope of a user's character, given its avatar file's stem. */
  Scope of(String handle, String avatar) {
    String id = idsByKey.get(CharacterScope.key(handle, avatar));
    return new Scope(Mem0Ids.user(handle), id == null ? Mem0Ids.character(avatar) : id);
  }

  /** The id of a user's character, given what {@link Mem0Ids#character} makes of its name. */
  String idOf(String userId, String encodedName) {
    return idsByKey.getOrDefault(userId + "/" + encodedName, encodedName);
  }
}
