package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.writer.batch.ChatState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chat that lost many turns at once. Its memories stay until an operator decides.
 *
 * @param id names it; the id of one of its batches
 * @param chatId the chat
 * @param chatFile its file name
 * @param reason what happened
 * @param since when
 * @param batches how many batches would be retracted
 * @param turnsGone how many turns the chat lost
 * @param memories how many memories would be deleted
 */
public record Hold(
    String id,
    String chatId,
    String chatFile,
    @Nullable String reason,
    Instant since,
    int batches,
    int turnsGone,
    int memories) {

  /** The hold of a chat; null if it has none. */
  static @Nullable Hold of(ChatState chat) {
    List<LedgerEntry> held = held(chat);
    if (held.isEmpty()) {
      return null;
    }
    LedgerEntry first = held.get(0);
    return new Hold(
        first.batchId(),
        chat.chatId(),
        first.chatFile(),
        first.reason(),
        Instant.ofEpochMilli(held.stream().mapToLong(LedgerEntry::tsMs).min().orElse(0)),
        held.size(),
        (int) held.stream().flatMap(e -> e.turns().stream()).filter(LedgerTurn::gone).count(),
        held.stream().mapToInt(entry -> entry.memoryIds().size()).sum());
  }

  static boolean names(String id, ChatState chat) {
    return held(chat).stream().anyMatch(entry -> entry.batchId().equals(id));
  }

  private static List<LedgerEntry> held(ChatState chat) {
    if (chat.heldBatches() == 0) {
      return List.of();
    }
    return chat.entries().stream().filter(entry -> entry.fate() == Fate.HELD).toList();
  }
}
