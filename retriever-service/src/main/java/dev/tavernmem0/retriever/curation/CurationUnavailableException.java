package dev.tavernmem0.retriever.curation;

/** A decision could not be written down, so it must not be carried out. Holds no chat text. */
public final class CurationUnavailableException extends RuntimeException {
  CurationUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
