package dev.tavernmem0.common.identity;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import java.time.Instant;

/**
 * Tells which turns are the same utterance: role, speaker, date and text are the same, whichever
 * chat they stand in. A branch, a copy, an import and a restored file say again what was said.
 *
 * <p>The speaker counts where it is the user. A character can be renamed, and says then what it
 * said before: of its chats only those that are published anew name it anew.
 */
public final class UtteranceKeys {
  private UtteranceKeys() {}

  /** The key of what a turn says; 16 lower-case hex digits. Hiding and position do not count. */
  public static String of(Turn turn) {
    Instant sentAt = turn.sentAt();
    return Digest.hex64(
        "utterance",
        turn.role().json(),
        turn.role() == Role.USER ? turn.name() : "",
        sentAt == null ? "" : sentAt.toString(),
        turn.text());
  }
}
