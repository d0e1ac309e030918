package dev.tavernmem0.common.character;

/** A record's value names no character's scope. The message names the field. */
public final class InvalidCharacterException extends RuntimeException {
  public InvalidCharacterException(String message) {
    super(message);
  }
}
