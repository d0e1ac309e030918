package dev.tavernmem0.service.problem;

import dev.tavernmem0.service.trace.RequestTrace;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Every refusal of every service as a problem. A service adds an advice of its own, of a higher
 * order, for the exceptions that only it knows.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
public class ProblemAdvice extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  /** The answer that a problem is, with the request's name in it. */
  public static ProblemDetail answer(Problem problem, WebRequest request) {
    ProblemDetail detail = problem.toDetail();
    Object traceId = request.getAttribute(RequestTrace.TRACE_ID, RequestAttributes.SCOPE_REQUEST);
    if (traceId != null) {
      detail.setProperty("trace_id", traceId);
    }
    return detail;
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> refused(RefusedException e, WebRequest request) {
    return ResponseEntity.status(e.problem().status()).body(answer(e.problem(), request));
  }

  /** Its message may quote a chat, so the log has what kind it is and where it was thrown. */
  @ExceptionHandler
  ResponseEntity<ProblemDetail> unexpected(Exception e, WebRequest request) {
    StackTraceElement[] trace = e.getStackTrace();
    LOG.error(
        "a request failed inside the service: {}{}",
        e.getClass().getName(),
        trace.length == 0 ? "" : " at " + trace[0]);
    LOG.debug("it was", e);
    return ResponseEntity.internalServerError()
        .body(
            answer(
                Problem.of(
                    HttpStatus.INTERNAL_SERVER_ERROR,
                    "internal-error",
                    "The service failed; its log says where, under this trace id."),
                request));
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    return answer(BodyError.of(e).problem(), headers, request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleTypeMismatch(
      TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    String field =
        e instanceof MethodArgumentTypeMismatchException argument
            ? argument.getName()
            : String.valueOf(e.getPropertyName());
    RefusedException refused =
        RefusedException.invalidField(field, e.getValue(), "send " + wanted(e.getRequiredType()));
    return answer(refused.problem(), headers, request);
  }

  /** What a parameter of this type takes, of the types that parameters here have. */
  private static String wanted(@Nullable Class<?> type) {
    return type == boolean.class || type == Boolean.class ? "true or false" : "a whole number";
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleMissingServletRequestParameter(
      MissingServletRequestParameterException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    Problem problem =
        Problem.of(
                HttpStatus.BAD_REQUEST, "missing-parameter", e.getParameterName() + " is missing.")
            .in(e.getParameterName(), "", "send it as a query parameter");
    return answer(problem, headers, request);
  }

  private @Nullable ResponseEntity<Object> answer(
      Problem problem, HttpHeaders headers, WebRequest request) {
    return createResponseEntity(answer(problem, request), headers, problem.status(), request);
  }
}
