package dev.tavernmem0.common.identity;

import dev.tavernmem0.common.event.Op;

/**
 * Event ids that a redelivered event has again: made of the chat, the turn, the turn's revision and
 * what the event says about it.
 */
public final class EventIds {
  private EventIds() {}

  /**
   * The id of an event.
   *
   * @param revision how many events there were about this turn before this one
   * @param state what distinguishes this version (hash, position, flags), in any stable form; two
   *     different versions never share an id even if a crash made them share a revision
   * @return 16 lower-case hex digits
   */
  public static String of(String chatId, String turnId, long revision, Op op, String state) {
    return Digest.hex64("event", chatId, turnId, Long.toString(revision), op.code(), state);
  }
}
