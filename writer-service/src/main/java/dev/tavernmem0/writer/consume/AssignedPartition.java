package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.event.InvalidTurnEventException;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.batch.BatchRules;
import dev.tavernmem0.writer.batch.ChatState;
import dev.tavernmem0.writer.batch.Effect;
import dev.tavernmem0.writer.kafka.LedgerReader;
import dev.tavernmem0.writer.kafka.OpenOffsets;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A partition of the turns that is ours: its chats and what is open in it. Not thread-safe. */
final class AssignedPartition implements LedgerReader.Receiver {
  private final int number;
  private final BatchRules rules;
  private final Map<String, ChatState> chats = new HashMap<>();
  private final Set<ChatState> active = new LinkedHashSet<>();
  private final OpenOffsets offsets = new OpenOffsets();

  private long highestLedgerOffset = -1;
  private int unreadableLedgerRecords;
  private boolean restored;
  private boolean caughtUp;

  AssignedPartition(int number, BatchRules rules) {
    this.number = number;
    this.rules = rules;
  }

  /** A record that is no turn event, or none that can be written. */
  static final class UnusableRecordException extends Exception {
    UnusableRecordException(String message) {
      super(message);
    }
  }

  int number() {
    return number;
  }

  @Override
  public void entry(LedgerEntry entry) {
    chat(entry.chatId()).restore(entry);
    entry
        .turns()
        .forEach(turn -> highestLedgerOffset = Math.max(highestLedgerOffset, turn.offset()));
  }

  @Override
  public void removed(String chatId, String batchId) {
    ChatState chat = chats.get(chatId);
    if (chat != null) {
      chat.restoreRemoval(batchId);
    }
  }

  /** Ends the restore, in which so many records of the ledger were no entries. */
  void restored(int unreadable, Instant now) {
    unreadableLedgerRecords = unreadable;
    for (ChatState chat : chats.values()) {
      chat.restored(now);
      refresh(chat);
    }
    restored = true;
  }

  int unreadableLedgerRecords() {
    return unreadableLedgerRecords;
  }

  boolean isRestored() {
    return restored;
  }

  /** The highest offset of the turns' log that the ledger names; -1 if none. */
  long highestLedgerOffset() {
    return highestLedgerOffset;
  }

  /**
   * What folding a record asks for.
   *
   * @param known false for an operation that this version does not know
   * @param effects what is to be made durable
   */
  record Taken(boolean known, List<Effect> effects) {}

  /**
   * Folds a record.
   *
   * @throws UnusableRecordException the record's offset is open then
   */
  Taken take(ConsumerRecord<byte[], byte[]> record, Instant now) throws UnusableRecordException {
    offsets.opened(record.offset());
    try {
      TurnEvent event = TurnEventCodec.decode(record.value());
      if (event.op() == Op.UNKNOWN) {
        return new Taken(false, List.of(new Effect.Close(List.of(record.offset()))));
      }
      ChatState chat = chat(event.source().chatId());
      List<Effect> effects = chat.fold(event, record.offset(), now);
      refresh(chat);
      return new Taken(true, effects);
    } catch (InvalidTurnEventException e) {
      throw new UnusableRecordException(String.valueOf(e.getMessage()));
    }
  }

  /** Leaves a record alone; its offset is open until it is closed. */
  void leave(ConsumerRecord<byte[], byte[]> record) {
    offsets.opened(record.offset());
  }

  private ChatState chat(String chatId) {
    return chats.computeIfAbsent(chatId, id -> new ChatState(id, rules));
  }

  /** Call after anything happened to a chat. */
  void refresh(ChatState chat) {
    if (chat.active()) {
      active.add(chat);
    } else {
      active.remove(chat);
    }
  }

  void close(List<Long> done) {
    offsets.closed(done);
  }

  OpenOffsets offsets() {
    return offsets;
  }

  /** Whether everything in the log so far has been folded. */
  boolean caughtUp() {
    return caughtUp;
  }

  void caughtUp(boolean value) {
    caughtUp = value;
  }

  /** Chats with something to do, longest active first. */
  List<ChatState> active() {
    return List.copyOf(active);
  }

  Collection<ChatState> chats() {
    return chats.values();
  }

  @Nullable ChatState find(String chatId) {
    return chats.get(chatId);
  }

  int pendingTurns() {
    return active.stream().mapToInt(ChatState::pendingTurns).sum();
  }

  @Nullable Instant oldestPending() {
    Instant oldest = null;
    for (ChatState chat : active) {
      Instant pending = chat.oldestPending();
      if (pending != null && (oldest == null || pending.isBefore(oldest))) {
        oldest = pending;
      }
    }
    return oldest;
  }

  /** How many chats have a retraction on hold. */
  int holds() {
    return (int) chats.values().stream().filter(chat -> chat.heldBatches() > 0).count();
  }
}
