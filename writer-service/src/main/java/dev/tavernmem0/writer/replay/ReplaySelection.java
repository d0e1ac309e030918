package dev.tavernmem0.writer.replay;

import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which turns a replay is of; what is not given does not matter.
 *
 * @param handle of this SillyTavern user
 * @param character of this character: mem0's agent id, or the name that it was made of
 * @param group of this group: its id
 * @param chatId of this chat
 * @param from said at this time or later
 * @param to said before this time
 * @param fates of these
 */
public record ReplaySelection(
    @Nullable String handle,
    @Nullable String character,
    @Nullable String group,
    @Nullable String chatId,
    @Nullable Instant from,
    @Nullable Instant to,
    Set<ReplayedFate> fates) {

  public ReplaySelection {
    fates = fates == null ? Set.of() : Set.copyOf(fates);
  }

  /** Whether turns of the scope can be selected. */
  public boolean isOf(Scope scope) {
    return (handle == null || Mem0Ids.user(handle).equals(scope.userId()))
        && (group == null || Mem0Ids.group(group).equals(scope.agentId()))
        && (character == null || isCharacter(character, scope.agentId()));
  }

  private static boolean isCharacter(String character, String agentId) {
    return !Mem0Ids.isGroup(agentId)
        && (character.equals(agentId) || character.equals(Mem0Ids.name(agentId)));
  }

  /** Whether a chat can be selected, as far as its id tells: it begins with the handle. */
  public boolean isOfChat(String id) {
    return chatId == null
        ? handle == null || id.startsWith(Mem0Ids.user(handle) + ":")
        : chatId.equals(id);
  }

  /** Whether a batch of a selected scope is of the fate and has turns of the chat. */
  public boolean selects(LedgerEntry batch) {
    return fates.stream().anyMatch(fate -> fate.is(batch.fate()))
        && (chatId == null
            || batch.turns().stream().anyMatch(turn -> chatId.equals(batch.chatOf(turn))));
  }

  /** Whether dates matter, which only the log tells. */
  public boolean hasDates() {
    return from != null || to != null;
  }

  /** Whether what was said then is selected; what has no date is not, if dates matter. */
  public boolean isSaidThen(@Nullable Instant sentAt) {
    if (!hasDates()) {
      return true;
    }
    return sentAt != null
        && (from == null || !sentAt.isBefore(from))
        && (to == null || sentAt.isBefore(to));
  }

  /** The fates, in their order. */
  public List<ReplayedFate> sortedFates() {
    return fates.stream().sorted().toList();
  }
}
