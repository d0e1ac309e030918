package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.scope.ChatInfo;
import dev.tavernmem0.writer.scope.ScopeState;
import dev.tavernmem0.writer.scope.TurnFate;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chat at a glance.
 *
 * @param chatId the chat
 * @param chatFile its file name
 * @param userId mem0 user id of its memories
 * @param agentId mem0 agent id of its memories
 * @param turns how many turns reached each fate; those the chat has no more are left out
 * @param memories how many memories came from it; what several chats say counts for the one that it
 *     was written from
 */
public record ChatSummary(
    String chatId,
    @Nullable String chatFile,
    String userId,
    String agentId,
    Map<Fate, Integer> turns,
    int memories) {

  /** All chats of a scope. */
  static List<ChatSummary> of(ScopeState scope) {
    Map<String, Map<Fate, Integer>> turns = new LinkedHashMap<>();
    scope.chatIds().forEach(chatId -> turns.put(chatId, new EnumMap<>(Fate.class)));
    for (TurnFate fate : scope.fates()) {
      // Of a chat that nobody knows any more, what was forgotten is no reason to name it.
      boolean isForgotten = fate.fate() == Fate.FORGOTTEN && turns.containsKey(fate.chatId());
      if (!fate.gone() || isForgotten) {
        turns
            .computeIfAbsent(fate.chatId(), id -> new EnumMap<>(Fate.class))
            .merge(fate.fate(), 1, Integer::sum);
      }
    }
    Map<String, Integer> memories = new LinkedHashMap<>();
    for (LedgerEntry entry : scope.entries()) {
      if (entry.fate() == Fate.WRITTEN || entry.fate() == Fate.HELD) {
        memories.merge(entry.chatId(), entry.memoryIds().size(), Integer::sum);
      }
    }
    return turns.entrySet().stream()
        .map(
            chat -> {
              ChatInfo info = scope.info(chat.getKey());
              return new ChatSummary(
                  chat.getKey(),
                  info == null ? null : info.chatFile(),
                  scope.scope().userId(),
                  scope.scope().agentId(),
                  chat.getValue(),
                  memories.getOrDefault(chat.getKey(), 0));
            })
        .toList();
  }
}
