package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.writer.scope.ChatInfo;
import dev.tavernmem0.writer.scope.ScopeState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chat that lost many turns at once which no other chat has. Their memories stay until an
 * operator decides, or until the turns come back.
 *
 * @param id names it; the id of one of its batches
 * @param chatId the chat
 * @param chatFile its file name
 * @param reason what happened: {@code chat deleted}, {@code N turns deleted at once}, {@code all
 *     turns deleted}
 * @param since when
 * @param batches how many batches would be retracted
 * @param turnsGone how many turns were lost
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

  /** The holds of a scope. */
  static List<Hold> of(ScopeState scope) {
    Map<String, List<LedgerEntry>> byChat = new LinkedHashMap<>();
    for (LedgerEntry entry : scope.heldBatches()) {
      byChat.computeIfAbsent(ScopeState.holdingChat(entry), chat -> new ArrayList<>()).add(entry);
    }
    return byChat.entrySet().stream()
        .map(chat -> of(chat.getKey(), scope.info(chat.getKey()), chat.getValue()))
        .toList();
  }

  private static Hold of(String chatId, @Nullable ChatInfo info, List<LedgerEntry> held) {
    LedgerEntry first = held.get(0);
    return new Hold(
        first.batchId(),
        chatId,
        info == null ? first.chatFile() : info.chatFile(),
        first.reason(),
        Instant.ofEpochMilli(held.stream().mapToLong(LedgerEntry::tsMs).min().orElse(0)),
        held.size(),
        (int) held.stream().flatMap(e -> e.turns().stream()).filter(LedgerTurn::gone).count(),
        held.stream().mapToInt(entry -> entry.memoryIds().size()).sum());
  }
}
