package dev.tavernmem0.watcher.state;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.watcher.diff.ChatSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/** Reads the state back after a restart, and puts it into the form of offsets. Thread-safe. */
public final class StateStore {
  /** Blocks asked for at once while their number is not known. */
  private static final int READ_AHEAD = 16;

  private static final TypeReference<TreeMap<String, ChatEntry>> FILES = new TypeReference<>() {};
  private static final TypeReference<TreeSet<String>> NAMES = new TypeReference<>() {};
  private static final String VALUE = "value";

  private final OffsetReader reader;
  private final StateKeys keys;

  public StateStore(OffsetReader reader, StateKeys keys) {
    this.reader = reader;
    this.keys = keys;
  }

  public StateKeys keys() {
    return keys;
  }

  /** {@code running} or {@code done}; null before the first start. */
  public @Nullable String snapshotPhase() {
    return text(keys.snapshot());
  }

  /** All directories, {@code <handle>/<directory>}. */
  public TreeSet<String> directories() {
    String json = text(keys.directories());
    return json == null ? new TreeSet<>() : parse(json, NAMES);
  }

  /** The chats of a directory by file name, all blocks together. */
  public TreeMap<String, ChatEntry> files(String directory) {
    TreeMap<String, ChatEntry> files = new TreeMap<>();
    List<Map<String, String>> blocks =
        IntStream.range(0, StateKeys.FILE_BLOCKS)
            .mapToObj(block -> keys.files(directory, block))
            .toList();
    for (Map<String, Object> offset : reader.read(blocks).values()) {
      if (offset != null && offset.get(VALUE) instanceof String json) {
        files.putAll(parse(json, FILES));
      }
    }
    return files;
  }

  /** The turns of a chat; an empty snapshot if nothing is known of it. */
  public ChatSnapshot turns(String chatId) {
    List<Map<String, Object>> offsets = new ArrayList<>();
    for (int first = 0; ; first += READ_AHEAD) {
      List<Map<String, String>> partitions =
          IntStream.range(first, first + READ_AHEAD)
              .mapToObj(block -> keys.turns(chatId, block))
              .toList();
      var found = reader.read(partitions);
      int before = offsets.size();
      for (Map<String, String> partition : partitions) {
        Map<String, Object> offset = found.get(partition);
        if (offset != null) {
          offsets.add(offset);
        }
      }
      if (offsets.size() - before < READ_AHEAD) {
        return TurnBlocks.snapshot(offsets);
      }
    }
  }

  /** An offset that holds one text. */
  public static Map<String, Object> offset(String value) {
    return Map.of(VALUE, value);
  }

  private @Nullable String text(Map<String, String> partition) {
    Map<String, Object> offset = reader.read(partition);
    return offset != null && offset.get(VALUE) instanceof String value ? value : null;
  }

  private static <T> T parse(String json, TypeReference<T> type) {
    try {
      return Json.MAPPER.readValue(json, type);
    } catch (JacksonException e) {
      throw new IllegalStateException("the watcher's state is damaged", e);
    }
  }
}
