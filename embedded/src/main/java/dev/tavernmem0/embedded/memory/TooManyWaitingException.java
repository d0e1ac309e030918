package dev.tavernmem0.embedded.memory;

/** More repeats wait for their first than the server keeps waiting; nothing was begun. */
public final class TooManyWaitingException extends RuntimeException {
  TooManyWaitingException() {
    super("Too many requests are waiting. Retry later.");
  }
}
