package dev.tavernmem0.embedded.memory.web;

import org.springframework.http.HttpStatus;

/** A request that cannot be served; answered as {@code {"detail": message}}. */
final class ApiException extends RuntimeException {
  private final HttpStatus status;

  private ApiException(HttpStatus status, String detail) {
    super(detail);
    this.status = status;
  }

  static ApiException badRequest(String detail) {
    return new ApiException(HttpStatus.BAD_REQUEST, detail);
  }

  static ApiException noSuchMemory(String id) {
    return new ApiException(HttpStatus.NOT_FOUND, "Memory with id " + id + " not found");
  }

  HttpStatus status() {
    return status;
  }
}
