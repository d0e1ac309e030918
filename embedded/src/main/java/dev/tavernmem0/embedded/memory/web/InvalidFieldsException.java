package dev.tavernmem0.embedded.memory.web;

import java.util.List;

/** A request whose fields have the wrong shape; answered with 422 and all of them. */
final class InvalidFieldsException extends RuntimeException {
  private final transient List<FieldError> errors;

  InvalidFieldsException(List<FieldError> errors) {
    super("invalid fields: " + errors);
    this.errors = List.copyOf(errors);
  }

  List<FieldError> errors() {
    return errors;
  }
}
