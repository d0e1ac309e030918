package dev.tavernmem0.cli;

/**
 * Something that the user can mend. The message is one sentence that names what is wrong, its value
 * and the fix; it is printed without a stack trace.
 */
public final class UserErrorException extends RuntimeException {
  public UserErrorException(String message) {
    super(message);
  }

  public UserErrorException(String message, Throwable cause) {
    super(message, cause);
  }
}
