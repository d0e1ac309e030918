package dev.tavernmem0.watcher.api;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A request cannot be carried out as it is; says which field, what it holds and what to do. */
final class InvalidRequestException extends RuntimeException {
  private static final int MAX_VALUE = 100;

  private final HttpStatus status;
  private final String field;
  private final String value;
  private final String fix;

  private InvalidRequestException(
      HttpStatus status, String field, @Nullable Object value, String fix) {
    super(field + ": " + fix);
    this.status = status;
    this.field = field;
    String text = String.valueOf(value);
    this.value = text.length() > MAX_VALUE ? text.substring(0, MAX_VALUE) + "…" : text;
    this.fix = fix;
  }

  /** The request cannot be read. */
  static InvalidRequestException malformed(String field, @Nullable Object value, String fix) {
    return new InvalidRequestException(HttpStatus.BAD_REQUEST, field, value, fix);
  }

  /** A field holds what it cannot. */
  static InvalidRequestException field(String field, @Nullable Object value, String fix) {
    return new InvalidRequestException(HttpStatus.UNPROCESSABLE_CONTENT, field, value, fix);
  }

  /** It is too long to be read. */
  static InvalidRequestException tooLarge(int maxBytes) {
    return new InvalidRequestException(
        HttpStatus.CONTENT_TOO_LARGE,
        "body",
        "more than " + maxBytes + " bytes",
        "select by handle or character instead of listing chats");
  }

  HttpStatus status() {
    return status;
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
