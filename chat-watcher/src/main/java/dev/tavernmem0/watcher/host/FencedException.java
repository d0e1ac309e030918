package dev.tavernmem0.watcher.host;

/** Another watcher of the same name publishes now; its message says what to do. */
final class FencedException extends RuntimeException {
  FencedException(String message, Throwable cause) {
    super(message, cause);
  }
}
