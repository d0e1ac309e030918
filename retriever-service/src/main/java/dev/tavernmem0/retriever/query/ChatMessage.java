package dev.tavernmem0.retriever.query;

import dev.tavernmem0.common.event.Role;
import org.jspecify.annotations.Nullable;

/**
 * A message of the prompt, reduced to what retrieval reads.
 *
 * @param role who speaks; {@link Role#UNKNOWN} for anything but user, assistant and system
 * @param name the speaker's display name; null if the prompt does not say
 * @param text as the chat stores it; of a multimodal message, its text parts; may be empty
 */
public record ChatMessage(Role role, @Nullable String name, String text) {

  /** A user's or character's message that says something. */
  boolean isSpoken() {
    return (role == Role.USER || role == Role.ASSISTANT) && !text.isBlank();
  }
}
