package dev.tavernmem0.writer.forget;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.Scope;
import org.jspecify.annotations.Nullable;

/**
 * What is to be forgotten; what is not given does not matter.
 *
 * @param handle of this SillyTavern user
 * @param character of this character: mem0's agent id, or the name that it was made of
 * @param group of this group: its id
 * @param chatId of this chat
 * @param turnId this turn
 */
public record ForgetSelection(
    @Nullable String handle,
    @Nullable String character,
    @Nullable String group,
    @Nullable String chatId,
    @Nullable String turnId) {

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

  /** Whether a turn of a selected scope is selected. */
  public boolean isOf(String itsChatId, String itsTurnId) {
    return (chatId == null || chatId.equals(itsChatId))
        && (turnId == null || turnId.equals(itsTurnId));
  }

  /** Whether everything of its scopes is selected, whoever put it there. */
  @JsonIgnore
  public boolean isOfWholeScopes() {
    return chatId == null && turnId == null;
  }
}
