package dev.tavernmem0.writer.api;

import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.ProblemAdvice;
import dev.tavernmem0.writer.consume.ChatAccess.UnavailableException;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;

/** What only the writer refuses. */
@RestControllerAdvice
@Order(0)
class Problems {

  @ExceptionHandler
  ProblemDetail unavailable(UnavailableException e, WebRequest request) {
    return ProblemAdvice.answer(
        Problem.of(
            HttpStatus.SERVICE_UNAVAILABLE,
            "not-consuming",
            e.getMessage() + "; GET /v1/status says more. Try again shortly."),
        request);
  }
}
