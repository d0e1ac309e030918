package dev.tavernmem0.embedded.memory;

/** A key came again, but with something else to remember; nothing was begun. */
public final class KeyReusedException extends RuntimeException {
  KeyReusedException() {
    super("This Idempotency-Key came with another body before. Use another key for another add.");
  }
}
