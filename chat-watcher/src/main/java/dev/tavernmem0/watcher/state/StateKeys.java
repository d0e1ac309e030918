package dev.tavernmem0.watcher.state;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Source partitions: what the watcher keeps an offset for. Kafka Connect cannot list them, so each
 * kind says where to find the next: the list of directories, a directory's files, a chat's blocks.
 *
 * <p>Kafka Connect compares the bytes that a partition is serialised to, so the keys of each stand
 * in alphabetical order, the same in every JVM.
 *
 * @param tavern logical name of the watched SillyTavern
 */
public record StateKeys(String tavern) {
  /** The kinds of partitions; each names its own as {@code kind}. */
  public static final Set<String> KINDS =
      Collections.unmodifiableSet(
          new TreeSet<>(
              List.of(
                  "directories",
                  "files",
                  "layout",
                  "scopes",
                  "signals",
                  "snapshot",
                  "snapshots",
                  "turns")));

  private static final String KIND = "kind";

  /** Which layout the state has. */
  public Map<String, String> layout() {
    return partition("layout", Map.of());
  }

  /** Whether the first snapshot is done. */
  public Map<String, String> snapshot() {
    return partition("snapshot", Map.of());
  }

  /** The snapshots that were asked for. */
  public Map<String, String> snapshots() {
    return partition("snapshots", Map.of());
  }

  /** How far the signals were read. */
  public Map<String, String> signals() {
    return partition("signals", Map.of());
  }

  /** The directories that hold, or held, chats. */
  public Map<String, String> directories() {
    return partition("directories", Map.of());
  }

  /** The scope ids of a user's characters. */
  public Map<String, String> scopes(String handle) {
    return partition("scopes", Map.of("handle", handle));
  }

  /** A block of the chats of one directory, {@code <handle>/<directory>}. */
  public Map<String, String> files(String directory, int block) {
    return partition("files", Map.of("directory", directory, "block", Integer.toString(block)));
  }

  /** A block of a chat's turns. */
  public Map<String, String> turns(String chatId, int block) {
    return partition("turns", Map.of("chat", chatId, "block", Integer.toString(block)));
  }

  private Map<String, String> partition(String kind, Map<String, String> more) {
    SortedMap<String, String> partition = new TreeMap<>(more);
    partition.put(KIND, kind);
    partition.put("tavern", tavern);
    return Collections.unmodifiableSortedMap(partition);
  }
}
