package dev.tavernmem0.common.curation;

/** A record's value is no decision. The message names the field; it never holds chat text. */
public final class InvalidCurationException extends RuntimeException {
  public InvalidCurationException(String message) {
    super(message);
  }
}
