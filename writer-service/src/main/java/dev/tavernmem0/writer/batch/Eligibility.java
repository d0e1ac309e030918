package dev.tavernmem0.writer.batch;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Turn;
import org.jspecify.annotations.Nullable;

/** Which turns are worth a memory. */
final class Eligibility {
  /** The chat is a branch or a copy, and the turn was published with the chat it came from. */
  static final String COPY = "copy";

  private Eligibility() {}

  /** Why the turn is not written; null if it is. The words are part of the ledger's format. */
  static @Nullable String skipReason(Turn turn, Cause cause, boolean narratorToo) {
    if (cause == Cause.COPY) {
      return COPY;
    }
    String role =
        switch (turn.role()) {
          case USER, ASSISTANT -> null;
          case NARRATOR -> narratorToo ? null : "narrator";
          case SYSTEM, UNKNOWN -> "system";
        };
    if (role != null) {
      return role;
    }
    if (turn.hidden()) {
      return "hidden";
    }
    if (turn.greeting()) {
      return "greeting";
    }
    return turn.text().isBlank() ? "empty" : null;
  }
}
