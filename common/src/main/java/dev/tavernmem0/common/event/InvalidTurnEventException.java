package dev.tavernmem0.common.event;

/** A record's value is not a turn event. The message names the field; it never holds chat text. */
public final class InvalidTurnEventException extends RuntimeException {
  public InvalidTurnEventException(String message) {
    super(message);
  }
}
