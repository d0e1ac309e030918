package dev.tavernmem0.retriever.query;

import java.util.List;

/**
 * What the language model gets to see when it is asked for a better query; sent as JSON with
 * snake-case names.
 *
 * @param userName display name of the user's persona; empty if unknown
 * @param charName display name of the character; empty if unknown
 * @param userQuestion the last user message
 * @param recentConversation lines before it, oldest first, each with its speaker
 */
public record RewriteInput(
    String userName, String charName, String userQuestion, List<String> recentConversation) {

  public RewriteInput {
    recentConversation = List.copyOf(recentConversation);
  }
}
