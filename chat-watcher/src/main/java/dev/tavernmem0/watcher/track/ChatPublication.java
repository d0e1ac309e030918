package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.watcher.diff.Change;
import dev.tavernmem0.watcher.diff.ChatFile;
import dev.tavernmem0.watcher.diff.ChatSnapshot;
import dev.tavernmem0.watcher.state.StateKeys;
import dev.tavernmem0.watcher.state.TurnBlocks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one look at one chat, made one at a time, so that a large chat is never in memory
 * twice. Taking an event moves the chat's snapshot on. Not thread-safe.
 */
final class ChatPublication {
  private final ChatContext chat;
  private final @Nullable ChatFile file;
  private final ChatSnapshot snapshot;
  private final List<Change> changes;
  private final Cause deletion;
  private final int copied;
  private final StateKeys keys;
  private final TurnEventFactory events;
  private final TurnBlocks blocks;
  private int next;

  /**
   * A publication.
   *
   * @param file null if the chat is gone
   * @param snapshot what is known; moved on by {@link #take}
   * @param changes from the snapshot to the file
   * @param deletion why turns go
   * @param copied how many turns at the start are those of the chat it was branched or copied from
   */
  ChatPublication(
      ChatContext chat,
      @Nullable ChatFile file,
      ChatSnapshot snapshot,
      List<Change> changes,
      Cause deletion,
      int copied,
      StateKeys keys,
      TurnEventFactory events) {
    this.chat = chat;
    this.file = file;
    this.snapshot = snapshot;
    this.changes = changes;
    this.deletion = deletion;
    this.copied = copied;
    this.keys = keys;
    this.events = events;
    this.blocks = new TurnBlocks(snapshot);
  }

  ChatContext chat() {
    return chat;
  }

  int size() {
    return changes.size();
  }

  int remaining() {
    return changes.size() - next;
  }

  /** The next event and the state after it. */
  Emission take(SnapshotMarker marker) {
    Change change = changes.get(next++);
    snapshot.apply(change);
    int block =
        change instanceof Change.Delete ? blocks.remove(change.turn()) : blocks.put(change.turn());
    return new Emission.OfTurn(
        events.event(chat, change, cause(change), marker, line(change)),
        keys.turns(chat.entry().chatId(), block),
        blocks.offset(block));
  }

  /** Takes all of it without an event: only the state is published. */
  List<Emission> takeSilently() {
    while (next < changes.size()) {
      Change change = changes.get(next++);
      snapshot.apply(change);
      blocks.put(change.turn());
    }
    String chatId = chat.entry().chatId();
    return blocks.numbers().stream()
        .<Emission>map(
            block ->
                new Emission.OfState(
                    chatId + "/" + block, null, keys.turns(chatId, block), blocks.offset(block)))
        .toList();
  }

  private Cause cause(Change change) {
    if (change instanceof Change.Delete) {
      return deletion;
    }
    if (change instanceof Change.Insert insert && insert.index() < copied) {
      return Cause.COPY;
    }
    return change.cause();
  }

  private TurnEventFactory.@Nullable Line line(Change change) {
    int message;
    if (change instanceof Change.Insert insert) {
      message = insert.message();
    } else if (change instanceof Change.Update update) {
      message = update.message();
    } else if (change instanceof Change.Move move) {
      message = move.message();
    } else {
      return null;
    }
    if (file == null) {
      throw new IllegalStateException("a chat that is gone has only deletions");
    }
    return new TurnEventFactory.Line(
        file.message(message), file.raw(message), snapshot.isGreeting(change.index()));
  }
}
