package dev.tavernmem0.watcher.state;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.watcher.chatfile.LineMark;
import dev.tavernmem0.watcher.chatfile.TurnContent;
import dev.tavernmem0.watcher.diff.ChatSnapshot;
import dev.tavernmem0.watcher.diff.GoneTurn;
import dev.tavernmem0.watcher.diff.TurnState;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A chat's turns in blocks by ordinal, each of which is one source offset: a change rewrites the
 * block that it falls into and nothing else. Follows a {@link ChatSnapshot}, change by change. Not
 * thread-safe.
 */
public final class TurnBlocks {
  /** Turns per block: a block is some 3 kB. */
  static final int SIZE = 64;

  private static final String TURNS = "turns";
  private static final String GONE = "gone";
  private static final String NEXT = "next";
  private static final int FIELDS = 9;

  private final ChatSnapshot snapshot;
  private final Map<Integer, Block> blocks = new HashMap<>();
  private int nextOrdinal;

  private static final class Block {
    private final TreeMap<Integer, TurnState> turns = new TreeMap<>();
    private final TreeMap<Integer, GoneTurn> gone = new TreeMap<>();
  }

  /** The blocks of a chat as it is known. */
  public TurnBlocks(ChatSnapshot snapshot) {
    this.snapshot = snapshot;
    this.nextOrdinal = snapshot.nextOrdinal();
  }

  /** The number of the block that an ordinal falls into. */
  public static int blockOf(int ordinal) {
    return ordinal / SIZE;
  }

  /** How many blocks a chat has of which so many ordinals were given. */
  public static int count(int nextOrdinal) {
    return nextOrdinal == 0 ? 0 : blockOf(nextOrdinal - 1) + 1;
  }

  /** Sets a turn, which is there; returns the number of its block. */
  public int put(TurnState turn) {
    nextOrdinal = Math.max(nextOrdinal, turn.ordinal() + 1);
    Block block = block(blockOf(turn.ordinal()));
    block.turns.put(turn.ordinal(), turn);
    block.gone.remove(turn.ordinal());
    return blockOf(turn.ordinal());
  }

  /** Sets a turn, which is gone; returns the number of its block. */
  public int put(GoneTurn gone) {
    int ordinal = gone.turn().ordinal();
    nextOrdinal = Math.max(nextOrdinal, ordinal + 1);
    Block block = block(blockOf(ordinal));
    block.turns.remove(ordinal);
    block.gone.put(ordinal, gone);
    return blockOf(ordinal);
  }

  /** A block as a source offset. */
  public Map<String, Object> offset(int number) {
    Block block = block(number);
    StringJoiner turns = new StringJoiner(";");
    block.turns.values().forEach(turn -> turns.add(encode(turn)));
    TreeMap<String, Object> offset = new TreeMap<>();
    offset.put(TURNS, turns.toString());
    if (!block.gone.isEmpty()) {
      StringJoiner gone = new StringJoiner(";");
      block.gone.values().forEach(turn -> gone.add(turn.goneMs() + "," + encode(turn.turn())));
      offset.put(GONE, gone.toString());
    }
    boolean last = number >= count(nextOrdinal) - 1;
    offset.put(NEXT, (long) (last ? nextOrdinal : (number + 1) * SIZE));
    return offset;
  }

  /** Made when it is first needed: a save of a long chat changes one or two of hundreds. */
  private Block block(int number) {
    return blocks.computeIfAbsent(number, this::collect);
  }

  private Block collect(int number) {
    Block block = new Block();
    for (TurnState turn : snapshot.turns()) {
      if (blockOf(turn.ordinal()) == number) {
        block.turns.put(turn.ordinal(), turn);
      }
    }
    for (GoneTurn turn : snapshot.gone()) {
      if (blockOf(turn.turn().ordinal()) == number) {
        block.gone.put(turn.turn().ordinal(), turn);
      }
    }
    return block;
  }

  /** Puts a chat together from its blocks. Not thread-safe. */
  static final class Reader {
    private final List<TurnState> turns = new ArrayList<>();
    private final List<GoneTurn> gone = new ArrayList<>();
    private int next;

    /**
     * Adds a block, all of it or nothing.
     *
     * @throws IllegalArgumentException if the offset is not a block
     */
    void add(Map<String, Object> offset) {
      if (!(offset.get(TURNS) instanceof String encoded)
          || !(offset.get(NEXT) instanceof Number blockNext)) {
        throw new IllegalArgumentException("not an offset of turns: " + offset.keySet());
      }
      List<TurnState> blockTurns = new ArrayList<>();
      for (String turn : split(encoded)) {
        blockTurns.add(decode(turn));
      }
      List<GoneTurn> blockGone = new ArrayList<>();
      for (String turn : split(Objects.toString(offset.get(GONE), ""))) {
        int comma = turn.indexOf(',');
        if (comma < 0) {
          throw new IllegalArgumentException("a turn that is gone has a time");
        }
        long goneMs = Long.parseLong(turn.substring(0, comma));
        blockGone.add(new GoneTurn(decode(turn.substring(comma + 1)), goneMs));
      }
      turns.addAll(blockTurns);
      gone.addAll(blockGone);
      next = Math.max(next, blockNext.intValue());
    }

    /** The chat; {@code lostBlocks} had ordinals that are not given again. */
    ChatSnapshot snapshot(int lostBlocks) {
      return new ChatSnapshot(turns, gone, Math.max(next, lostBlocks * SIZE));
    }
  }

  private static String[] split(String encoded) {
    return encoded.isEmpty() ? new String[0] : encoded.split(";");
  }

  private static String encode(TurnState turn) {
    TurnContent content = turn.content();
    StringBuilder encoded = new StringBuilder(80);
    encoded.append(turn.ordinal()).append(',').append(turn.revision()).append(',');
    if (turn.movedTo() != null) {
      encoded.append(turn.movedTo().toPlainString());
    }
    return encoded
        .append(',')
        .append(content.role().json())
        .append(content.hidden() ? ",1," : ",0,")
        .append(Long.toHexString(content.date()))
        .append(',')
        .append(Long.toHexString(content.textHash()))
        .append(',')
        .append(content.textLength())
        .append(',')
        .append(content.speaker() == 0 ? "" : Integer.toHexString(content.speaker()))
        .toString();
  }

  /** Layout 1 has no speaker. */
  private static TurnState decode(String encoded) {
    String[] fields = encoded.split(",", -1);
    if (fields.length != FIELDS && fields.length != FIELDS - 1) {
      throw new IllegalArgumentException("a turn has 9 fields, not " + fields.length);
    }
    boolean speaker = fields.length == FIELDS && !fields[8].isEmpty();
    return new TurnState(
        Integer.parseInt(fields[0]),
        Integer.parseInt(fields[1]),
        fields[2].isEmpty() ? null : new BigDecimal(fields[2]),
        new TurnContent(
            role(fields[3]),
            fields[4].equals("1"),
            Long.parseUnsignedLong(fields[5], 16),
            Long.parseUnsignedLong(fields[6], 16),
            Integer.parseInt(fields[7]),
            speaker ? Integer.parseUnsignedInt(fields[8], 16) : 0),
        LineMark.NONE);
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
