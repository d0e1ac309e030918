package dev.tavernmem0.watcher.state;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.watcher.diff.ChatSnapshot;
import dev.tavernmem0.watcher.diff.TurnContent;
import dev.tavernmem0.watcher.diff.TurnState;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A chat's turns in blocks by ordinal, each of which is one source offset: a change rewrites the
 * block that it falls into and nothing else. Not thread-safe.
 */
public final class TurnBlocks {
  /** Turns per block: a block is some 3 kB. */
  static final int SIZE = 64;

  private static final String TURNS = "turns";
  private static final String NEXT = "next";

  private final Map<Integer, TreeMap<Integer, TurnState>> blocks = new HashMap<>();
  private final Map<Integer, Integer> nextByBlock = new HashMap<>();

  /** The blocks of a chat as it is known. */
  public TurnBlocks(ChatSnapshot snapshot) {
    snapshot.turns().forEach(this::put);
    if (snapshot.nextOrdinal() > 0) {
      nextByBlock.put(blockOf(snapshot.nextOrdinal() - 1), snapshot.nextOrdinal());
    }
  }

  static int blockOf(int ordinal) {
    return ordinal / SIZE;
  }

  /** Sets a turn; returns the number of its block. */
  public int put(TurnState turn) {
    int block = blockOf(turn.ordinal());
    blocks.computeIfAbsent(block, number -> new TreeMap<>()).put(turn.ordinal(), turn);
    nextByBlock.merge(block, turn.ordinal() + 1, Math::max);
    return block;
  }

  /** Removes a turn; returns the number of its block. Its ordinal is never given again. */
  public int remove(TurnState turn) {
    int block = put(turn);
    blocks.getOrDefault(block, new TreeMap<>()).remove(turn.ordinal());
    return block;
  }

  /** The numbers of the blocks there are. */
  public Collection<Integer> numbers() {
    return List.copyOf(nextByBlock.keySet());
  }

  /** A block as a source offset. */
  public Map<String, Object> offset(int block) {
    StringJoiner turns = new StringJoiner(";");
    blocks.getOrDefault(block, new TreeMap<>()).values().forEach(turn -> turns.add(encode(turn)));
    return Map.of(TURNS, turns.toString(), NEXT, nextByBlock.getOrDefault(block, 0).longValue());
  }

  /**
   * The chat that the blocks hold.
   *
   * @throws IllegalArgumentException if an offset is not one of these
   */
  public static ChatSnapshot snapshot(Collection<Map<String, Object>> offsets) {
    List<TurnState> turns = new ArrayList<>();
    int next = 0;
    for (Map<String, Object> offset : offsets) {
      if (!(offset.get(TURNS) instanceof String encoded)
          || !(offset.get(NEXT) instanceof Number blockNext)) {
        throw new IllegalArgumentException("not an offset of turns: " + offset.keySet());
      }
      next = Math.max(next, blockNext.intValue());
      for (String turn : encoded.isEmpty() ? new String[0] : encoded.split(";")) {
        turns.add(decode(turn));
      }
    }
    return new ChatSnapshot(turns, next);
  }

  private static String encode(TurnState turn) {
    TurnContent content = turn.content();
    return turn.ordinal()
        + ","
        + turn.revision()
        + ","
        + (turn.movedTo() == null ? "" : turn.movedTo().toPlainString())
        + ","
        + content.role().json()
        + ","
        + (content.hidden() ? "1" : "0")
        + ","
        + Long.toHexString(content.date())
        + ","
        + Long.toHexString(content.textHash())
        + ","
        + content.textLength();
  }

  private static TurnState decode(String encoded) {
    String[] fields = encoded.split(",", -1);
    if (fields.length != 8) {
      throw new IllegalArgumentException("a turn has 8 fields, not " + fields.length);
    }
    return new TurnState(
        Integer.parseInt(fields[0]),
        Integer.parseInt(fields[1]),
        fields[2].isEmpty() ? null : new BigDecimal(fields[2]),
        new TurnContent(
            role(fields[3]),
            fields[4].equals("1"),
            Long.parseUnsignedLong(fields[5], 16),
            Long.parseUnsignedLong(fields[6], 16),
            Integer.parseInt(fields[7])),
        0);
  }

  private static Role role(String json) {
    @Nullable Role found = null;
    for (Role role : Role.values()) {
      if (role.json().equals(json)) {
        found = role;
      }
    }
    if (found == null) {
      throw new IllegalArgumentException("not a role: " + json);
    }
    return found;
  }
}
