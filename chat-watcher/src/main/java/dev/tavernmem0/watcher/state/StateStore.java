package dev.tavernmem0.watcher.state;

import dev.tavernmem0.common.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * Reads the state back after a restart, and puts it into the form of offsets. What is missing or
 * cannot be read is said, never guessed. Thread-safe.
 */
public final class StateStore {
  private static final Logger LOG = LoggerFactory.getLogger(StateStore.class);

  /**
   * Layout 1 had no number, no speakers and no turns that may come back, layout 2 no scopes; both
   * are read as they are.
   */
  static final int LAYOUT = 3;

  /** Layout 1 had this many blocks per directory, any of which could be missing. */
  private static final int BLOCKS_OF_LAYOUT_1 = 64;

  /** Blocks asked for at once while their number is not known. */
  private static final int READ_AHEAD = 16;

  private static final TypeReference<TreeMap<String, ChatEntry>> FILES = new TypeReference<>() {};
  private static final TypeReference<TreeMap<String, Integer>> BLOCKS = new TypeReference<>() {};
  private static final TypeReference<KnownScopes> SCOPES = new TypeReference<>() {};
  private static final TypeReference<TreeSet<String>> NAMES = new TypeReference<>() {};
  private static final String VALUE = "value";
  private static final String MODE = "mode";
  private static final String VERSION = "version";

  private final OffsetReader reader;
  private final StateKeys keys;

  public StateStore(OffsetReader reader, StateKeys keys) {
    this.reader = reader;
    this.keys = keys;
  }

  public StateKeys keys() {
    return keys;
  }

  /**
   * Whether the state says that it has this version's layout.
   *
   * @throws UnknownLayoutException if it has one that this version cannot read
   */
  public boolean hasLayout() {
    Map<String, Object> offset = reader.read(keys.layout());
    Object version = offset == null ? null : offset.get(VERSION);
    if (version != null && (!(version instanceof Number number) || number.longValue() > LAYOUT)) {
      throw new UnknownLayoutException(version, LAYOUT);
    }
    return version != null && ((Number) version).longValue() == LAYOUT;
  }

  /** The offset that says which layout the state has. */
  public static Map<String, Object> layoutOffset() {
    return new TreeMap<>(Map.of(VERSION, (long) LAYOUT));
  }

  /** {@code running} or {@code done}; null before the first start. */
  public @Nullable String snapshotPhase() {
    return text(keys.snapshot(), VALUE);
  }

  /** The snapshot mode of the last start; null before the first one. */
  public @Nullable String snapshotMode() {
    return text(keys.snapshot(), MODE);
  }

  /** The offset that says how far the first snapshot is, and in which mode. */
  public static Map<String, Object> snapshotOffset(String phase, String mode) {
    return new TreeMap<>(Map.of(VALUE, phase, MODE, mode));
  }

  /** The text that is stored under a partition; null if there is none. */
  public @Nullable String text(Map<String, String> partition) {
    return text(partition, VALUE);
  }

  /**
   * All directories, {@code <handle>/<directory>}, with the number of their blocks; negative if
   * some of the blocks may never have been.
   *
   * @return null if there is no such list, or none that can be read
   */
  public @Nullable TreeMap<String, Integer> directories() {
    String json = text(keys.directories(), VALUE);
    try {
      if (json == null || !json.startsWith("[")) {
        return json == null ? null : parse(json, BLOCKS);
      }
      TreeMap<String, Integer> blocks = new TreeMap<>();
      parse(json, NAMES).forEach(name -> blocks.put(name, -BLOCKS_OF_LAYOUT_1));
      return blocks;
    } catch (JacksonException e) {
      LOG.warn("the list of directories in the state cannot be read: all chats are published anew");
      return null;
    }
  }

  /**
   * The scope ids of a user's characters.
   *
   * @return null if there are none, or none that can be read
   */
  public @Nullable KnownScopes scopes(String handle) {
    String json = text(keys.scopes(handle), VALUE);
    try {
      return json == null ? null : parse(json, SCOPES);
    } catch (JacksonException e) {
      LOG.warn("the scope ids of {} cannot be read: they are made anew, of the names", handle);
      return null;
    }
  }

  /**
   * The chats of a directory by file name.
   *
   * @param blocks as {@link #directories} has it
   * @return by block; a null value for a block that is missing or cannot be read
   */
  public List<@Nullable TreeMap<String, ChatEntry>> files(String directory, int blocks) {
    List<Map<String, String>> partitions =
        IntStream.range(0, Math.abs(blocks))
            .mapToObj(block -> keys.files(directory, block))
            .toList();
    Map<Map<String, String>, @Nullable Map<String, Object>> found = reader.read(partitions);
    List<@Nullable TreeMap<String, ChatEntry>> files = new ArrayList<>();
    for (Map<String, String> partition : partitions) {
      Map<String, Object> offset = found.get(partition);
      if (offset == null && blocks < 0) {
        files.add(new TreeMap<>());
      } else {
        files.add(entries(partition, offset));
      }
    }
    return files;
  }

  /**
   * The turns of a chat.
   *
   * @param blocks how many blocks there are; 0 if that is not known
   */
  public StoredTurns turns(String chatId, int blocks) {
    List<Map<String, Object>> offsets = new ArrayList<>();
    boolean gapless = true;
    int first = 0;
    int width = Math.max(1, blocks);
    while (true) {
      int before = offsets.size();
      List<Map<String, String>> partitions =
          IntStream.range(first, first + width)
              .mapToObj(block -> keys.turns(chatId, block))
              .toList();
      Map<Map<String, String>, @Nullable Map<String, Object>> found = reader.read(partitions);
      for (int block = first; block < first + width; block++) {
        Map<String, Object> offset = found.get(partitions.get(block - first));
        if (offset != null) {
          gapless &= block == offsets.size();
          offsets.add(offset);
        }
      }
      if (offsets.size() - before < width) {
        return turns(chatId, offsets, gapless && offsets.size() >= blocks, blocks);
      }
      first += width;
      // One more first: most chats have no more blocks than is known, and each costs a look-up.
      width = first <= Math.max(1, blocks) ? 1 : READ_AHEAD;
    }
  }

  private static StoredTurns turns(
      String chatId, List<Map<String, Object>> offsets, boolean whole, int blocks) {
    TurnBlocks.Reader turns = new TurnBlocks.Reader();
    boolean readable = whole;
    for (Map<String, Object> offset : offsets) {
      try {
        turns.add(offset);
      } catch (IllegalArgumentException e) {
        LOG.warn("a block of turns of chat {} cannot be read: {}", chatId, e.getMessage());
        readable = false;
      }
    }
    int lost = readable ? 0 : Math.max(blocks, offsets.size());
    return new StoredTurns(turns.snapshot(lost), readable);
  }

  /** An offset that holds one text. */
  public static Map<String, Object> offset(String value) {
    return new TreeMap<>(Map.of(VALUE, value));
  }

  private @Nullable String text(Map<String, String> partition, String field) {
    Map<String, Object> offset = reader.read(partition);
    return offset != null && offset.get(field) instanceof String value ? value : null;
  }

  private static @Nullable TreeMap<String, ChatEntry> entries(
      Map<String, String> partition, @Nullable Map<String, Object> offset) {
    try {
      if (offset != null && offset.get(VALUE) instanceof String json) {
        return parse(json, FILES);
      }
    } catch (JacksonException e) {
      LOG.debug("not a list of chats", e);
    }
    LOG.warn("the state of {} is lost: its chats are published anew", partition);
    return null;
  }

  private static <T> T parse(String json, TypeReference<T> type) {
    return Json.MAPPER.readValue(json, type);
  }
}
