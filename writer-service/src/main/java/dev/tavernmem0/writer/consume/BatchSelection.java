package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which batches are asked for; what is not given does not matter.
 *
 * @param fates of these; all if there are none
 * @param chatId with a turn of this chat
 * @param userId of this mem0 user id
 * @param agentId of this mem0 agent id
 */
public record BatchSelection(
    Set<Fate> fates, @Nullable String chatId, @Nullable String userId, @Nullable String agentId) {
  /** The fates that batches have. The others are those of turns that are in none. */
  public static final Set<Fate> POSSIBLE =
      Set.copyOf(
          EnumSet.complementOf(EnumSet.of(Fate.SKIPPED, Fate.SAID, Fate.FORGOTTEN, Fate.UNKNOWN)));

  public BatchSelection {
    fates = Set.copyOf(fates);
  }

  /** Whether an entry of the ledger is a batch, and not that of a turn which is in none. */
  static boolean isBatch(LedgerEntry entry) {
    return entry.fate() != Fate.SKIPPED && entry.fate() != Fate.SAID;
  }

  boolean selects(LedgerEntry entry) {
    return isBatch(entry)
        && (fates.isEmpty() || fates.contains(entry.fate()))
        && (userId == null || userId.equals(entry.scope().userId()))
        && (agentId == null || agentId.equals(entry.scope().agentId()))
        && (chatId == null || isOf(chatId, entry));
  }

  private static boolean isOf(String chatId, LedgerEntry entry) {
    return chatId.equals(entry.chatId())
        || entry.turns().stream().anyMatch(turn -> chatId.equals(entry.chatOf(turn)));
  }
}
