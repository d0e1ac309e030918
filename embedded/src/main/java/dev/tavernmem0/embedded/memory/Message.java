package dev.tavernmem0.embedded.memory;

import java.util.Set;

/** One message of a conversation, as chat completion APIs know it. */
public record Message(String role, String content) {
  static final String SYSTEM = "system";

  /** The roles that a language model is shown. */
  static final Set<String> READABLE_ROLES = Set.of(SYSTEM, "user", "assistant");
}
