package dev.tavernmem0.embedded.memory.store;

/** The index cannot be opened, read or written: the disk is full or damaged, say. */
public final class StoreException extends RuntimeException {
  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
