package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.writer.batch.ChatInfo;
import dev.tavernmem0.writer.batch.ChatState;
import dev.tavernmem0.writer.batch.TurnFate;
import java.time.Instant;
import java.util.EnumMap;
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
 * @param memories how many memories came from it
 * @param oldestPendingSince when the longest waiting turn came; null if none waits
 */
public record ChatSummary(
    String chatId,
    @Nullable String chatFile,
    @Nullable String userId,
    @Nullable String agentId,
    Map<Fate, Integer> turns,
    int memories,
    @Nullable Instant oldestPendingSince) {

  static ChatSummary of(ChatState chat) {
    Map<Fate, Integer> turns = new EnumMap<>(Fate.class);
    for (TurnFate fate : chat.fates()) {
      if (!fate.gone()) {
        turns.merge(fate.fate(), 1, Integer::sum);
      }
    }
    int memories =
        chat.entries().stream()
            .filter(entry -> entry.fate() == Fate.WRITTEN || entry.fate() == Fate.HELD)
            .mapToInt(entry -> entry.memoryIds().size())
            .sum();
    ChatInfo info = chat.info();
    return new ChatSummary(
        chat.chatId(),
        info == null ? null : info.chatFile(),
        info == null ? null : info.scope().userId(),
        info == null ? null : info.scope().agentId(),
        turns,
        memories,
        chat.oldestPending());
  }
}
