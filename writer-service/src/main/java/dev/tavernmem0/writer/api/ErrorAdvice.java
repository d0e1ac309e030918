package dev.tavernmem0.writer.api;

import dev.tavernmem0.writer.consume.WriterQueries.UnavailableException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Errors as problem details (RFC 9457). */
@RestControllerAdvice
class ErrorAdvice {

  @ExceptionHandler
  ProblemDetail unavailable(UnavailableException e) {
    return ProblemDetail.forStatusAndDetail(
        HttpStatus.SERVICE_UNAVAILABLE,
        e.getMessage() + "; GET /v1/status says more. Try again shortly.");
  }
}
