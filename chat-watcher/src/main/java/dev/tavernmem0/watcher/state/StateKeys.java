package dev.tavernmem0.watcher.state;

import java.util.Map;

/**
 * Source partitions: what the watcher keeps an offset for. Kafka Connect cannot list them, so each
 * kind says where to find the next: the list of directories, a directory's files, a chat's blocks.
 *
 * @param tavern logical name of the watched SillyTavern
 */
public record StateKeys(String tavern) {
  /** Blocks per directory: a change in one of thousands of chats rewrites few others' entries. */
  static final int FILE_BLOCKS = 64;

  /** Whether the first snapshot is done. */
  public Map<String, String> snapshot() {
    return Map.of("tavern", tavern, "kind", "snapshot");
  }

  /** The directories that hold, or held, chats. */
  public Map<String, String> directories() {
    return Map.of("tavern", tavern, "kind", "directories");
  }

  /** A block of the chats of one directory, {@code <handle>/<directory>}. */
  public Map<String, String> files(String directory, int block) {
    return Map.of(
        "tavern",
        tavern,
        "kind",
        "files",
        "directory",
        directory,
        "block",
        Integer.toString(block));
  }

  /** The block that a file falls into; the same for ever. */
  public static int fileBlock(String fileName) {
    return Math.floorMod(fileName.hashCode(), FILE_BLOCKS);
  }

  /** A block of a chat's turns. */
  public Map<String, String> turns(String chatId, int block) {
    return Map.of(
        "tavern", tavern, "kind", "turns", "chat", chatId, "block", Integer.toString(block));
  }
}
