package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.character.CharacterCodec;
import dev.tavernmem0.common.character.CharacterScope;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.state.KnownScopes;
import dev.tavernmem0.watcher.state.StateStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scope ids of characters: each is minted once, of the name of the directory where the
 * character is first seen, and goes with the character when it is renamed. What says that a
 * directory is another one under a new name are its chats: SillyTavern renames a character by
 * copying them to a new directory and deleting the old one.
 *
 * <p>A user's ids are one record of the state, so that an id passes from one name to another in one
 * step, and it is handed out before any event that names the id. An id is never given to a second
 * character: a directory that is gone keeps its id until another takes it over. Not thread-safe.
 */
final class ScopeIds {
  private static final Logger LOG = LoggerFactory.getLogger(ScopeIds.class);

  private final StateStore store;
  private final TavernTree tree;
  private final ChatIndex index;
  private final Clock clock;
  private final Deque<Emission> ready;
  private final Map<String, KnownScopes> byHandle = new HashMap<>();

  /** {@code ready} gets what is to be published before anything else. */
  ScopeIds(StateStore store, TavernTree tree, ChatIndex index, Clock clock, Deque<Emission> ready) {
    this.store = store;
    this.tree = tree;
    this.index = index;
    this.clock = clock;
    this.ready = ready;
  }

  /** The id of the character of that name. */
  String of(String handle, String character) {
    KnownScopes before = scopes(handle);
    String known = before.names().get(character);
    if (known != null) {
      return known;
    }
    String minted = before.mint(character);
    change(handle, before.with(character, minted));
    return minted;
  }

  /** The scope id that a known chat was published under. */
  String idOf(ChatPath known) {
    ChatEntry entry = index.get(known);
    String id = entry == null ? null : entry.scope();
    if (id != null) {
      return id;
    }
    String character = known.character();
    if (character == null) {
      throw new IllegalArgumentException("no character's chat: " + known);
    }
    return of(known.handle(), character);
  }

  /**
   * Whether the directory of a known chat is not its character's any more: there is none of that
   * name, or one that has other chats only, so that another character has got the name.
   */
  boolean isGone(ChatPath known) {
    String handle = known.handle();
    String id = idOf(known);
    boolean empty =
        index.in(handle, known.directory()).stream()
            .noneMatch(other -> idOf(other).equals(id) && tree.stamp(other).isPresent());
    String character = known.character();
    return tree.canTellMissing(known)
        && empty
        && character != null
        && !isHeldElsewhere(handle, id, character)
        && (!id.equals(scopes(handle).names().get(character))
            || !tree.characters(handle).contains(character)
            || !tree.chatsIn(handle, known.directory()).isEmpty());
  }

  /** Whether another directory has the id by now, and chats that were published under it. */
  private boolean isHeldElsewhere(String handle, String id, String character) {
    return scopes(handle).names().entrySet().stream()
        .filter(name -> name.getValue().equals(id) && !name.getKey().equals(character))
        .flatMap(name -> index.in(handle, ChatPath.directoryOf(name.getKey())).stream())
        .anyMatch(known -> idOf(known).equals(id) && tree.stamp(known).isPresent());
  }

  /** A character has a new name: it keeps its id, and the old name has that no more. */
  void renamed(String handle, String id, String name) {
    LOG.info("a character of {} is named {} now, and keeps the scope id {}", handle, name, id);
    change(handle, scopes(handle).with(name, id));
  }

  /** Tells of all characters anew: the topic may have lost them. */
  void tellAll(Set<String> handles) {
    for (String handle : handles) {
      KnownScopes stored = store.scopes(handle);
      // Whoever has no id yet is told of when it is minted.
      if (stored != null) {
        stored.names().forEach((name, id) -> ready.add(named(handle, name, id, stored)));
      }
    }
  }

  private KnownScopes scopes(String handle) {
    KnownScopes known = byHandle.get(handle);
    if (known == null) {
      known = store.scopes(handle);
      if (known == null || known.names().isEmpty()) {
        known = mintAll(handle);
      }
      byHandle.put(handle, known);
    }
    return known;
  }

  /** In one order, so that a start that is interrupted gives the same ids the next time. */
  private KnownScopes mintAll(String handle) {
    TreeSet<String> names = new TreeSet<>(tree.characters(handle));
    for (ChatPath known : index.paths()) {
      String character = known.character();
      if (character != null && known.handle().equals(handle)) {
        names.add(character);
      }
    }
    KnownScopes minted = KnownScopes.NONE;
    for (String name : names) {
      minted = minted.with(name, minted.mint(name));
    }
    tell(handle, KnownScopes.NONE, minted);
    return minted;
  }

  private void change(String handle, KnownScopes now) {
    KnownScopes before = scopes(handle);
    byHandle.put(handle, now);
    tell(handle, before, now);
  }

  /**
   * Tells what changed, and stores it with the last record that tells of it: after a crash before
   * that all of it is decided, and told, again.
   */
  private void tell(String handle, KnownScopes before, KnownScopes now) {
    List<Emission.OfCharacter> told = new ArrayList<>();
    before.names().keySet().stream()
        .filter(name -> !now.names().containsKey(name))
        .forEach(name -> told.add(named(handle, name, null, before)));
    now.names()
        .forEach(
            (name, id) -> {
              if (!id.equals(before.names().get(name))) {
                told.add(named(handle, name, id, before));
              }
            });
    if (!told.isEmpty()) {
      Emission.OfCharacter last = told.remove(told.size() - 1);
      ready.addAll(told);
      ready.add(last.with(now.offset()));
    }
  }

  private Emission.OfCharacter named(
      String handle, String name, @Nullable String id, KnownScopes state) {
    String json =
        id == null
            ? null
            : new String(
                CharacterCodec.encode(new CharacterScope(handle, name, id, clock.millis())),
                StandardCharsets.UTF_8);
    return new Emission.OfCharacter(
        CharacterScope.key(handle, name), json, store.keys().scopes(handle), state.offset());
  }
}
