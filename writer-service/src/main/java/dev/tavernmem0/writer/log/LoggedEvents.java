package dev.tavernmem0.writer.log;

import dev.tavernmem0.common.event.InvalidTurnEventException;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import org.jspecify.annotations.Nullable;

/** What a record of the log is. */
public final class LoggedEvents {
  private LoggedEvents() {}

  /** The event; null if it is none: then it is a dead letter, and no turn. */
  public static @Nullable TurnEvent of(byte @Nullable [] value) {
    try {
      return TurnEventCodec.decode(value);
    } catch (InvalidTurnEventException e) {
      return null;
    }
  }
}
