package dev.tavernmem0.retriever.recall;

import dev.tavernmem0.retriever.prompt.BlockTemplate;
import dev.tavernmem0.retriever.query.Conversation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a generation wants to be reminded of.
 *
 * @param handle SillyTavern's user handle
 * @param character the character that will speak: its avatar file's stem
 * @param groupId the group whose chat this is; null in a solo chat
 * @param groupMembers that group's members as avatar file stems
 * @param conversation the prompt so far
 * @param includeContext whether query 2 may be asked
 * @param rewrite whether query 3 may be asked
 * @param rewritePrompt instructions for the model; null for the configured ones
 * @param limit most memories
 * @param maxChars most characters of the memories' lines together
 * @param template the text around the lines
 */
public record RecallRequest(
    String handle,
    String character,
    @Nullable String groupId,
    List<String> groupMembers,
    Conversation conversation,
    boolean includeContext,
    boolean rewrite,
    @Nullable String rewritePrompt,
    int limit,
    int maxChars,
    BlockTemplate template) {

  public RecallRequest {
    groupMembers = List.copyOf(groupMembers);
  }
}
