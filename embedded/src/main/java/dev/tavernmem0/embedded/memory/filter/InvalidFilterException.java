package dev.tavernmem0.embedded.memory.filter;

/** A search's {@code filters} cannot be understood; the message names what is wrong. */
public final class InvalidFilterException extends RuntimeException {
  InvalidFilterException(String message) {
    super(message);
  }
}
