package dev.tavernmem0.watcher.state;

import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.json.Json;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The scope ids of a user's characters. Immutable.
 *
 * @param names ids by the name of the character's directory
 * @param nameless ids of characters whose name another one has now, and that have no other yet;
 *     they are not given again
 */
public record KnownScopes(SortedMap<String, String> names, SortedSet<String> nameless) {
  /** Of a user of whom no character is known. */
  public static final KnownScopes NONE = new KnownScopes(null, null);

  public KnownScopes(
      @Nullable SortedMap<String, String> names, @Nullable SortedSet<String> nameless) {
    this.names = Collections.unmodifiableSortedMap(new TreeMap<>(orEmpty(names)));
    this.nameless =
        Collections.unmodifiableSortedSet(
            new TreeSet<>(Objects.requireNonNullElse(nameless, Collections.emptySortedSet())));
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }

  /** An id that no character has, of a name. {@code ~} is in no id that is made of a name. */
  public String mint(String name) {
    Set<String> used = new TreeSet<>(names.values());
    used.addAll(nameless);
    String plain = Mem0Ids.character(name);
    String id = plain;
    for (int n = 2; used.contains(id); n++) {
      id = plain + "~" + n;
    }
    return id;
  }

  /** The same, and the character with this id has this name now, and no other. */
  public KnownScopes with(String name, String id) {
    TreeMap<String, String> newNames = new TreeMap<>(names);
    newNames.values().remove(id);
    String before = newNames.put(name, id);
    TreeSet<String> newNameless = new TreeSet<>(nameless);
    newNameless.remove(id);
    if (before != null) {
      newNameless.add(before);
    }
    return new KnownScopes(newNames, newNameless);
  }

  /** As a source offset. */
  public Map<String, Object> offset() {
    return StateStore.offset(Json.MAPPER.writeValueAsString(this));
  }
}
