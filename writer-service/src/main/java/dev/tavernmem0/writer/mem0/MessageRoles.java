package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.mem0.Mem0Client;
import org.jspecify.annotations.Nullable;

/**
 * Whether messages are sent with the roles they were said in, or all as the user's, with the
 * speaker in the text as ever: mem0 1.x with its own prompt forgets what the user says otherwise.
 * Thread-safe.
 */
public final class MessageRoles {
  /** What an operator may want. */
  public enum Choice {
    /** All as the user's, if mem0 would forget the user's facts otherwise. */
    AUTO,
    /** With their roles. */
    AS_SAID,
    /** All as the user's. */
    USER
  }

  private final Choice choice;
  private final Mem0Client mem0;
  private volatile @Nullable Choice used;

  public MessageRoles(Choice choice, Mem0Client mem0) {
    this.choice = choice;
    this.mem0 = mem0;
  }

  /**
   * Whether all are sent as the user's. Asks mem0 until that is known.
   *
   * @throws dev.tavernmem0.common.mem0.Mem0Exception if mem0 does not say
   */
  boolean allAsUser() {
    boolean asUser =
        switch (choice) {
          case AUTO -> !mem0.keepsUserFacts();
          case AS_SAID -> false;
          case USER -> true;
        };
    used = asUser ? Choice.USER : Choice.AS_SAID;
    return asUser;
  }

  /** What was done last; null if nothing was sent yet. */
  public @Nullable Choice used() {
    return used;
  }
}
