package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.state.StateStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The chats that are known, by path, by id and by integrity. What changes is stored in blocks of a
 * directory's chats, so that the cost of a change does not grow with the number of chats. Not
 * thread-safe.
 */
final class ChatIndex {
  /** Chats per block: a block is some 8 kB. */
  private static final int BLOCK_SIZE = 64;

  /** Some of a directory's chats: what is stored together. */
  private record Block(String directory, int number) {}

  private record Integrity(String handle, @Nullable String value) {}

  private final StateStore store;
  private final Map<ChatPath, ChatEntry> entries = new LinkedHashMap<>();
  private final Map<String, Set<ChatPath>> byChat = new HashMap<>();
  private final Map<Integrity, Set<ChatPath>> byIntegrity = new HashMap<>();
  private final Map<String, Set<ChatPath>> byDirectory = new HashMap<>();
  private final Map<String, Set<ChatPath>> byName = new HashMap<>();
  private final Map<Block, TreeMap<String, ChatEntry>> blocks = new HashMap<>();
  private final Map<ChatPath, Integer> blockOf = new HashMap<>();
  private final TreeMap<String, Integer> directories = new TreeMap<>();
  private final Map<String, Integer> firstWithRoom = new HashMap<>();
  private final Set<String> damaged = new HashSet<>();
  private final boolean lost;
  private final Set<Block> unstored = new LinkedHashSet<>();
  private boolean directoriesUnstored;

  ChatIndex(StateStore store) {
    this.store = store;
    TreeMap<String, Integer> stored = store.directories();
    this.lost = stored == null;
    this.directoriesUnstored = lost;
    if (stored != null) {
      stored.forEach(this::restore);
    }
  }

  private void restore(String directory, int count) {
    int slash = directory.indexOf('/');
    List<@Nullable TreeMap<String, ChatEntry>> stored = store.files(directory, count);
    for (int number = 0; number < stored.size(); number++) {
      TreeMap<String, ChatEntry> files = stored.get(number);
      if (files == null) {
        damaged.add(directory);
        continue;
      }
      for (Map.Entry<String, ChatEntry> file : files.entrySet()) {
        ChatPath path =
            new ChatPath(
                directory.substring(0, slash), directory.substring(slash + 1), file.getKey());
        add(path, file.getValue());
        blockOf.put(path, number);
      }
      blocks.put(new Block(directory, number), files);
    }
    directories.put(directory, stored.size());
  }

  /** Whether there is no list of chats: none was ever known, or none is any more. */
  boolean isLost() {
    return lost;
  }

  /** Whether chats of this directory may have been known and are not any more. */
  boolean isDamaged(ChatPath path) {
    return damaged.contains(directory(path));
  }

  @Nullable ChatEntry get(ChatPath path) {
    return entries.get(path);
  }

  List<ChatPath> paths() {
    return List.copyOf(entries.keySet());
  }

  int size() {
    return entries.size();
  }

  /** The paths of a user's chats that have this integrity; null for those that have none. */
  Collection<ChatPath> withIntegrity(String handle, @Nullable String integrity) {
    return Collections.unmodifiableCollection(
        byIntegrity.getOrDefault(new Integrity(handle, integrity), Set.of()));
  }

  /** The paths of the chats in a directory. */
  Collection<ChatPath> in(String handle, String directory) {
    return Collections.unmodifiableCollection(
        byDirectory.getOrDefault(handle + "/" + directory, Set.of()));
  }

  /** The paths of a user's chats that have this file name. */
  Collection<ChatPath> named(String handle, String fileName) {
    return Collections.unmodifiableCollection(
        byName.getOrDefault(handle + "/" + fileName, Set.of()));
  }

  /** Where a chat is; {@code last} if it is there, or nowhere. */
  ChatPath pathOf(String chatId, ChatPath last) {
    Set<ChatPath> paths = byChat.getOrDefault(chatId, Set.of());
    return paths.isEmpty() || paths.contains(last) ? last : paths.iterator().next();
  }

  boolean hasChat(String chatId) {
    return byChat.containsKey(chatId);
  }

  /** Whether a chat is known whose turns were published in this scope, or nobody knows where. */
  boolean hasChat(String chatId, String scope) {
    return byChat.getOrDefault(chatId, Set.of()).stream()
        .map(entries::get)
        .anyMatch(entry -> entry != null && (entry.scope() == null || scope.equals(entry.scope())));
  }

  /** Whether a chat has two paths: the state between the two records of a rename. */
  boolean isTwice(String chatId) {
    return byChat.getOrDefault(chatId, Set.of()).size() > 1;
  }

  void put(ChatPath path, ChatEntry entry) {
    ChatEntry before = entries.get(path);
    if (entry.equals(before)) {
      return;
    }
    if (before != null) {
      unindex(path, before);
    }
    add(path, entry);
    Block block = block(path);
    blocks.computeIfAbsent(block, b -> new TreeMap<>()).put(path.fileName(), entry);
    unstored.add(block);
  }

  void remove(ChatPath path) {
    ChatEntry entry = entries.remove(path);
    if (entry == null) {
      return;
    }
    unindex(path, entry);
    Block block = block(path);
    blockOf.remove(path);
    blocks.getOrDefault(block, new TreeMap<>()).remove(path.fileName());
    firstWithRoom.merge(block.directory(), block.number(), Math::min);
    unstored.add(block);
  }

  /** The file was renamed: written to its new place first, so that a crash loses no chat. */
  void move(ChatPath from, ChatPath to) {
    ChatEntry entry = entries.get(from);
    if (entry == null) {
      throw new IllegalArgumentException("not known: " + from);
    }
    put(to, entry);
    remove(from);
  }

  /** The records that store what changed since the last call. */
  List<Emission> takeUnstored() {
    List<Emission> emissions = new ArrayList<>();
    if (directoriesUnstored) {
      String json = Json.MAPPER.writeValueAsString(directories);
      emissions.add(
          new Emission.OfState(
              "directories", json, store.keys().directories(), StateStore.offset(json)));
      directoriesUnstored = false;
    }
    for (Block block : unstored) {
      String json = Json.MAPPER.writeValueAsString(blocks.get(block));
      emissions.add(
          new Emission.OfState(
              block.directory() + "#" + block.number(),
              json,
              store.keys().files(block.directory(), block.number()),
              StateStore.offset(json)));
    }
    unstored.clear();
    return emissions;
  }

  private void add(ChatPath path, ChatEntry entry) {
    entries.put(path, entry);
    byChat.computeIfAbsent(entry.chatId(), id -> new LinkedHashSet<>()).add(path);
    byIntegrity.computeIfAbsent(integrity(path, entry), i -> new LinkedHashSet<>()).add(path);
    byDirectory.computeIfAbsent(directory(path), d -> new LinkedHashSet<>()).add(path);
    byName.computeIfAbsent(name(path), n -> new LinkedHashSet<>()).add(path);
  }

  private void unindex(ChatPath path, ChatEntry entry) {
    remove(byChat, entry.chatId(), path);
    remove(byIntegrity, integrity(path, entry), path);
    remove(byDirectory, directory(path), path);
    remove(byName, name(path), path);
  }

  private static <K> void remove(Map<K, Set<ChatPath>> index, K key, ChatPath path) {
    index.computeIfPresent(
        key,
        (k, paths) -> {
          paths.remove(path);
          return paths.isEmpty() ? null : paths;
        });
  }

  /** The block that a chat is stored in; one with room if it is stored in none yet. */
  private Block block(ChatPath path) {
    String directory = directory(path);
    Integer number = blockOf.get(path);
    if (number == null) {
      number = firstWithRoom.getOrDefault(directory, 0);
      while (blocks.getOrDefault(new Block(directory, number), new TreeMap<>()).size()
          >= BLOCK_SIZE) {
        number++;
      }
      firstWithRoom.put(directory, number);
      blockOf.put(path, number);
      if (directories.getOrDefault(directory, 0) <= number) {
        directories.put(directory, number + 1);
        directoriesUnstored = true;
      }
    }
    return new Block(directory, number);
  }

  private static Integrity integrity(ChatPath path, ChatEntry entry) {
    return new Integrity(path.handle(), entry.integrity());
  }

  private static String name(ChatPath path) {
    return path.handle() + "/" + path.fileName();
  }

  private static String directory(ChatPath path) {
    return path.handle() + "/" + path.directory();
  }
}
