package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.state.StateKeys;
import dev.tavernmem0.watcher.state.StateStore;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The chats that are known, by path. Each change queues the records that store it. Not thread-safe.
 */
final class ChatIndex {
  /** Some of a directory's chats: what is stored together. */
  private record Block(String directory, int number) {}

  private final StateStore store;
  private final Map<ChatPath, ChatEntry> entries = new LinkedHashMap<>();
  private final Map<Block, TreeMap<String, ChatEntry>> blocks = new HashMap<>();
  private final TreeSet<String> directories;
  private final Queue<Emission> unstored = new ArrayDeque<>();

  ChatIndex(StateStore store) {
    this.store = store;
    this.directories = store.directories();
    for (String directory : directories) {
      int slash = directory.indexOf('/');
      String handle = directory.substring(0, slash);
      store
          .files(directory)
          .forEach(
              (name, entry) -> {
                ChatPath path = new ChatPath(handle, directory.substring(slash + 1), name);
                entries.put(path, entry);
                block(path).put(name, entry);
              });
    }
  }

  /** Records that store what changed; the caller takes them away. */
  Queue<Emission> unstored() {
    return unstored;
  }

  @Nullable ChatEntry get(ChatPath path) {
    return entries.get(path);
  }

  List<ChatPath> paths() {
    return List.copyOf(entries.keySet());
  }

  /** The chats of a user that satisfy a condition. */
  List<ChatPath> find(String handle, BiPredicate<ChatPath, ChatEntry> wanted) {
    return entries.entrySet().stream()
        .filter(entry -> entry.getKey().handle().equals(handle))
        .filter(entry -> wanted.test(entry.getKey(), entry.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  boolean hasChat(String chatId) {
    return paths(chatId) > 0;
  }

  /** Whether a chat has two paths: the state between the two records of a rename. */
  boolean isTwice(String chatId) {
    return paths(chatId) > 1;
  }

  private long paths(String chatId) {
    return entries.values().stream().filter(entry -> entry.chatId().equals(chatId)).count();
  }

  void put(ChatPath path, ChatEntry entry) {
    if (entry.equals(entries.put(path, entry))) {
      return;
    }
    block(path).put(path.fileName(), entry);
    if (directories.add(directory(path))) {
      String json = Json.MAPPER.writeValueAsString(directories);
      unstored.add(
          new Emission.OfState(
              "directories", json, store.keys().directories(), StateStore.offset(json)));
    }
    storeBlock(path);
  }

  void remove(ChatPath path) {
    if (entries.remove(path) != null) {
      block(path).remove(path.fileName());
      storeBlock(path);
    }
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

  private TreeMap<String, ChatEntry> block(ChatPath path) {
    Block block = new Block(directory(path), StateKeys.fileBlock(path.fileName()));
    return blocks.computeIfAbsent(block, number -> new TreeMap<>());
  }

  private void storeBlock(ChatPath path) {
    String directory = directory(path);
    int block = StateKeys.fileBlock(path.fileName());
    String json = Json.MAPPER.writeValueAsString(block(path));
    unstored.add(
        new Emission.OfState(
            directory + "#" + block,
            json,
            store.keys().files(directory, block),
            StateStore.offset(json)));
  }

  private static String directory(ChatPath path) {
    return path.handle() + "/" + path.directory();
  }
}
