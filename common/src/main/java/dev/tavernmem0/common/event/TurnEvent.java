package dev.tavernmem0.common.event;

import org.jspecify.annotations.Nullable;

/**
 * A change of one turn, in the shape of a Debezium change event. Value of topic {@code
 * tavern.chat.turns}; the key is {@code source.chatId}.
 *
 * @param op what happened
 * @param before the version before; null for {@link Op#CREATE} and {@link Op#READ}
 * @param after the turn after the change; null for {@link Op#DELETE}, and for the {@link Op#READ}
 *     that ends the snapshot of a chat without turns
 * @param source where it comes from
 * @param eventId deterministic, see {@link dev.tavernmem0.common.identity.EventIds}
 * @param tsMs when the event was made, milliseconds since the epoch
 */
public record TurnEvent(
    Op op,
    @Nullable TurnRef before,
    @Nullable Turn after,
    Source source,
    String eventId,
    long tsMs) {

  /**
   * The turn that the event is about, whichever side names it. Null for an unknown op and for a
   * chat without turns.
   */
  public @Nullable String turnId() {
    if (after != null) {
      return after.turnId();
    }
    return before == null ? null : before.turnId();
  }

  /** The same event without the line as SillyTavern wrote it. */
  public TurnEvent withoutRaw() {
    return new TurnEvent(op, before, after, source.withoutRaw(), eventId, tsMs);
  }
}
