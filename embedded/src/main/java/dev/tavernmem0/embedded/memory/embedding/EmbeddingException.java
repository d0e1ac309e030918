package dev.tavernmem0.embedded.memory.embedding;

import org.jspecify.annotations.Nullable;

/** A text could not be embedded. */
public final class EmbeddingException extends RuntimeException {
  public EmbeddingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
