package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.watcher.chatfile.ChatFile;
import dev.tavernmem0.watcher.diff.Change;
import dev.tavernmem0.watcher.diff.ChatSnapshot;
import dev.tavernmem0.watcher.diff.GoneTurn;
import dev.tavernmem0.watcher.diff.TurnState;
import dev.tavernmem0.watcher.state.StateKeys;
import dev.tavernmem0.watcher.state.TurnBlocks;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The events of one look at one chat, made one at a time, so that a large chat is never in memory
 * twice: what changed, or, as a snapshot, all that there is. The chat's known turns move on with
 * it. Not thread-safe.
 */
abstract class ChatPublication {
  final ChatContext chat;
  final @Nullable ChatFile file;
  final ChatSnapshot known;
  final StateKeys keys;
  final TurnEventFactory events;
  final TurnBlocks blocks;

  private ChatPublication(
      ChatContext chat,
      @Nullable ChatFile file,
      ChatSnapshot known,
      StateKeys keys,
      TurnEventFactory events) {
    this.chat = chat;
    this.file = file;
    this.known = known;
    this.keys = keys;
    this.events = events;
    this.blocks = new TurnBlocks(known);
  }

  /** That a chat has no turn, whatever the log has of it. */
  static Emission ofNothing(
      ChatContext chat,
      ChatSnapshot known,
      String snapshotId,
      StateKeys keys,
      TurnEventFactory events) {
    return new Emission.OfTurn(
        events.empty(chat, SnapshotMarker.LAST_IN_DATA_COLLECTION, snapshotId),
        keys.turns(chat.entry().chatId(), 0),
        new TurnBlocks(known).offset(0));
  }

  ChatContext chat() {
    return chat;
  }

  String chatId() {
    return chat.entry().chatId();
  }

  /** What is known of the chat; moves on with the publication. */
  ChatSnapshot known() {
    return known;
  }

  /** How many blocks of turns the chat has in the end. */
  abstract int blocks();

  abstract int remaining();

  /** The next record and the state after it. */
  abstract Emission take();

  /** Applies a change; returns the number of the block that it falls into. */
  final int apply(Change change) {
    long now = events.now();
    known.apply(change, now);
    return change instanceof Change.Delete
        ? blocks.put(new GoneTurn(change.turn(), now))
        : blocks.put(change.turn());
  }

  final Emission stored(int block) {
    String chatId = chat.entry().chatId();
    return new Emission.OfState(
        chatId + "/" + block, null, keys.turns(chatId, block), blocks.offset(block));
  }

  final TurnEventFactory.Line line(int message, int index) {
    if (file == null) {
      throw new IllegalStateException("a chat that is gone has only deletions");
    }
    return new TurnEventFactory.Line(
        file.message(message), file.raw(message), known.isGreeting(index));
  }

  /** What changed, step by step; each record's state is that after its step. */
  static final class OfChanges extends ChatPublication {
    private final List<Change> changes;
    private final Cause deletion;
    private int next;

    /**
     * A publication.
     *
     * @param file null if the chat is gone
     * @param known moved on by {@link #take}
     * @param changes from what is known to the file
     * @param deletion why turns go
     */
    OfChanges(
        ChatContext chat,
        @Nullable ChatFile file,
        ChatSnapshot known,
        List<Change> changes,
        Cause deletion,
        StateKeys keys,
        TurnEventFactory events) {
      super(chat, file, known, keys, events);
      this.changes = changes;
      this.deletion = deletion;
    }

    @Override
    int blocks() {
      int ordinals = known.nextOrdinal();
      for (Change change : changes) {
        ordinals = Math.max(ordinals, change.turn().ordinal() + 1);
      }
      return TurnBlocks.count(ordinals);
    }

    @Override
    int remaining() {
      return changes.size() - next;
    }

    @Override
    Emission take() {
      Change change = changes.get(next++);
      int block = apply(change);
      return new Emission.OfTurn(
          events.event(chat, change, cause(change), line(change)),
          keys.turns(chat.entry().chatId(), block),
          blocks.offset(block));
    }

    /** Takes all of it without an event: only the state is published. */
    List<Emission> takeSilently() {
      TreeSet<Integer> changed = new TreeSet<>();
      while (next < changes.size()) {
        changed.add(apply(changes.get(next++)));
      }
      return changed.stream().map(this::stored).toList();
    }

    private Cause cause(Change change) {
      return change instanceof Change.Delete ? deletion : change.cause();
    }

    private TurnEventFactory.@Nullable Line line(Change change) {
      if (change instanceof Change.Insert insert) {
        return line(insert.message(), change.index());
      }
      if (change instanceof Change.Update update) {
        return line(update.message(), change.index());
      }
      return change instanceof Change.Move move ? line(move.message(), change.index()) : null;
    }
  }

  /**
   * All turns of a chat, in order. Its state moves on with the first records already, so what was
   * begun has to be published again in full if it was not ended.
   */
  static final class OfAll extends ChatPublication {
    private final String snapshotId;
    private final SnapshotMarker amid;
    private final Queue<Integer> blocksWithoutTurns;
    private final Map<Integer, Map<String, Object>> offsets = new HashMap<>();
    private boolean last;
    private int next;

    /**
     * A publication.
     *
     * @param known moved on at once
     * @param changes from what is known to the file
     * @param snapshotId names the snapshot
     * @param amid marks the events between the first and the last one
     */
    OfAll(
        ChatContext chat,
        ChatFile file,
        ChatSnapshot known,
        List<Change> changes,
        String snapshotId,
        SnapshotMarker amid,
        StateKeys keys,
        TurnEventFactory events) {
      super(chat, file, known, keys, events);
      this.snapshotId = snapshotId;
      this.amid = amid;
      changes.forEach(this::apply);
      // All of them: one that was lost must not be missed again at the next start.
      TreeSet<Integer> withoutTurns = new TreeSet<>();
      for (int block = 0; block < blocks(); block++) {
        withoutTurns.add(block);
      }
      for (TurnState turn : known.turns()) {
        withoutTurns.remove(TurnBlocks.blockOf(turn.ordinal()));
      }
      this.blocksWithoutTurns = new ArrayDeque<>(withoutTurns);
    }

    /** It is the last chat of all that were there at the start. */
    void endsAll() {
      last = true;
    }

    @Override
    int blocks() {
      return TurnBlocks.count(known.nextOrdinal());
    }

    /** A chat without turns has an event too: that it has none. */
    @Override
    int remaining() {
      return blocksWithoutTurns.size() + Math.max(1, known.turns().size()) - next;
    }

    @Override
    Emission take() {
      Integer silent = blocksWithoutTurns.poll();
      if (silent != null) {
        return stored(silent);
      }
      String chatId = chat.entry().chatId();
      int index = next++;
      if (known.turns().isEmpty()) {
        return new Emission.OfTurn(
            events.empty(chat, marker(), snapshotId), keys.turns(chatId, 0), blocks.offset(0));
      }
      TurnState turn = known.turns().get(index);
      int block = TurnBlocks.blockOf(turn.ordinal());
      return new Emission.OfTurn(
          events.read(chat, turn, index, marker(), snapshotId, line(index, index)),
          keys.turns(chatId, block),
          offsets.computeIfAbsent(block, blocks::offset));
    }

    private SnapshotMarker marker() {
      if (remaining() == 0) {
        return last ? SnapshotMarker.LAST : SnapshotMarker.LAST_IN_DATA_COLLECTION;
      }
      return next == 1 ? SnapshotMarker.FIRST_IN_DATA_COLLECTION : amid;
    }
  }
}
