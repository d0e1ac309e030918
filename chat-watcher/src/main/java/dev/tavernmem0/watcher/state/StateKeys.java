package dev.tavernmem0.watcher.state;

import java.util.Map;

/**
 * Source partitions: what the watcher keeps an offset for. Kafka Connect cannot list them, so each
 * kind says where to find the next: the list of directories, a directory's files, a chat's blocks.
 *
 * @param tavern logical name of the watched SillyTavern
 */
public record StateKeys(String tavern) {

  /** Whether the first snapshot is done. */
  public Map<String, String> snapshot() {
    return Map.of("tavern", tavern, "kind", "snapshot");
  }

  /** The directories that hold, or held, chats. */
  public Map<String, String> directories() {
    return Map.of("tavern", tavern, "kind", "directories");
  }

  /** The chats of one directory, {@code <handle>/<directory>}. */
  public Map<String, String> directory(String path) {
    return Map.of("tavern", tavern, "kind", "directory", "path", path);
  }

  /** A block of a chat's turns. */
  public Map<String, String> turns(String chatId, int block) {
    return Map.of(
        "tavern", tavern, "kind", "turns", "chat", chatId, "block", Integer.toString(block));
  }
}
