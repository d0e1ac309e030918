package dev.tavernmem0.retriever.web;

import org.jspecify.annotations.Nullable;

/** A field of the request cannot be used; says which, what it holds and what to do. */
final class InvalidRequestException extends RuntimeException {
  private static final int MAX_VALUE = 100;

  private final String field;
  private final String value;
  private final String fix;

  /**
   * Makes one.
   *
   * @param field as the request names it
   * @param value what it holds; cut to a readable length
   * @param fix what the caller should send instead
   */
  InvalidRequestException(String field, @Nullable Object value, String fix) {
    super(field + ": " + fix);
    this.field = field;
    String text = String.valueOf(value);
    this.value = text.length() > MAX_VALUE ? text.substring(0, MAX_VALUE) + "…" : text;
    this.fix = fix;
  }

  String field() {
    return field;
  }

  String value() {
    return value;
  }

  String fix() {
    return fix;
  }
}
