package dev.tavernmem0.watcher.view;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.track.SnapshotRun;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/**
 * Source offsets folded to what people want to know: per chat one entry, and of each block of its
 * turns how many they are. Kinds of offsets and fields that it does not know are ignored. Not
 * thread-safe.
 */
public final class TrackedState {
  private static final TypeReference<TreeMap<String, ChatEntry>> FILES = new TypeReference<>() {};

  private record FileBlock(String directory, String number) {}

  private record TurnBlock(int turns, long storedMs) {}

  private final String tavern;
  private final Map<FileBlock, Map<String, ChatEntry>> files = new HashMap<>();
  private final Map<String, Map<String, TurnBlock>> turns = new HashMap<>();
  private List<SnapshotRun> snapshots = List.of();

  /**
   * A state of which nothing is known.
   *
   * @param tavern the SillyTavern's name; offsets of others are left out
   */
  public TrackedState(String tavern) {
    this.tavern = tavern;
  }

  /**
   * Takes in a record of the topic.
   *
   * @param key Kafka Connect's: the connector's name and the partition
   * @param value the offset; null if it was removed
   * @param storedMs when it was written, milliseconds since the epoch
   * @throws IllegalArgumentException if it is one of this SillyTavern's and cannot be read
   */
  public void apply(byte @Nullable [] key, byte @Nullable [] value, long storedMs) {
    JsonNode partition = partition(key);
    try {
      JsonNode offset = value == null ? null : Json.MAPPER.readTree(value);
      switch (partition.path("kind").asString("")) {
        case "files" -> files(partition, offset);
        case "turns" -> turns(partition, offset, storedMs);
        case "snapshots" ->
            snapshots = offset == null ? List.of() : SnapshotRun.decode(text(offset));
        default -> {
          // What others keep there, and what later versions will.
        }
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not an offset of the watcher: " + partition, e);
    }
  }

  /** All chats, by handle, directory and file. */
  public List<TrackedChat> chats() {
    return files.entrySet().stream()
        .flatMap(
            block ->
                block.getValue().entrySet().stream()
                    .map(file -> chat(path(block.getKey(), file.getKey()), file.getValue())))
        .sorted(Comparator.comparing(chat -> chat.path().toString()))
        .toList();
  }

  /** The snapshots that were asked for, oldest first. */
  List<SnapshotRun> snapshots() {
    return snapshots;
  }

  private TrackedChat chat(ChatPath path, ChatEntry entry) {
    Map<String, TurnBlock> blocks = turns.getOrDefault(entry.chatId(), Map.of());
    Instant changedAt =
        blocks.values().stream()
            .map(TurnBlock::storedMs)
            .max(Comparator.naturalOrder())
            .map(Instant::ofEpochMilli)
            .orElse(null);
    int count = blocks.values().stream().mapToInt(TurnBlock::turns).sum();
    return new TrackedChat(path, entry, count, changedAt);
  }

  private static ChatPath path(FileBlock block, String fileName) {
    int slash = block.directory().indexOf('/');
    return new ChatPath(
        block.directory().substring(0, slash), block.directory().substring(slash + 1), fileName);
  }

  private void files(JsonNode partition, @Nullable JsonNode offset) {
    FileBlock block =
        new FileBlock(
            partition.path("directory").asString(""), partition.path("block").asString(""));
    if (offset == null || block.directory().indexOf('/') < 0) {
      files.remove(block);
    } else {
      files.put(block, Map.copyOf(Json.MAPPER.readValue(text(offset), FILES)));
    }
  }

  private void turns(JsonNode partition, @Nullable JsonNode offset, long storedMs) {
    String chat = partition.path("chat").asString("");
    String block = partition.path("block").asString("");
    if (offset != null) {
      TurnBlock stored = new TurnBlock(count(offset.path("turns").asString("")), storedMs);
      turns.computeIfAbsent(chat, id -> new HashMap<>()).put(block, stored);
      return;
    }
    turns.computeIfPresent(
        chat,
        (id, blocks) -> {
          blocks.remove(block);
          return blocks.isEmpty() ? null : blocks;
        });
  }

  /** Turns are stored one after another, with {@code ;} between them. */
  private static int count(String turns) {
    return turns.isEmpty() ? 0 : 1 + (int) turns.chars().filter(c -> c == ';').count();
  }

  private static String text(JsonNode offset) {
    return offset.path("value").asString("");
  }

  /** The partition of a key; an empty one if the key is not this SillyTavern's. */
  private JsonNode partition(byte @Nullable [] key) {
    try {
      JsonNode parts = key == null ? null : Json.MAPPER.readTree(key);
      if (parts != null
          && Stream.of(parts.path(0), parts.path(1).path("tavern"))
              .allMatch(name -> tavern.equals(name.asString("")))) {
        return parts.path(1);
      }
    } catch (JacksonException e) {
      // No key of anybody's.
    }
    return Json.MAPPER.createObjectNode();
  }
}
