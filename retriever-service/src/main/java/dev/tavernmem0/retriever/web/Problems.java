package dev.tavernmem0.retriever.web;

import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.retriever.query.Degraded;
import dev.tavernmem0.retriever.search.Mem0Failures;
import dev.tavernmem0.retriever.web.MemoriesController.MemoryDisabledException;
import dev.tavernmem0.retriever.web.MemoriesController.NoSuchMemoryException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Every refusal as an RFC 9457 problem that names the field, the value and the fix. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
  private static final String TYPE = "urn:tavern-mem0:problem:";

  @ExceptionHandler
  ProblemDetail invalid(InvalidRequestException e, WebRequest request) {
    ProblemDetail problem =
        problem(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "invalid-field",
            e.field() + " cannot be '" + e.value() + "': " + e.fix() + ".",
            request);
    return withField(problem, e.field(), e.value(), e.fix());
  }

  @ExceptionHandler
  ProblemDetail notThere(NoSuchMemoryException e, WebRequest request) {
    ProblemDetail problem =
        problem(
            HttpStatus.NOT_FOUND,
            "no-such-memory",
            "This user has no memory with the id '" + e.getMessage() + "'.",
            request);
    return withField(
        problem, "id", String.valueOf(e.getMessage()), "take an id from GET /v1/memories");
  }

  @ExceptionHandler
  ProblemDetail disabled(MemoryDisabledException e, WebRequest request) {
    ProblemDetail problem =
        problem(
            HttpStatus.SERVICE_UNAVAILABLE,
            "mem0",
            "Memory is switched off: set mem0.enabled=true.",
            request);
    problem.setProperty("degraded", Degraded.MEM0_DISABLED.json());
    return problem;
  }

  @ExceptionHandler
  ProblemDetail mem0(Mem0Exception e, WebRequest request) {
    Degraded reason = Mem0Failures.reason(e);
    HttpStatus status =
        reason == Degraded.MEM0_TIMEOUT ? HttpStatus.GATEWAY_TIMEOUT : HttpStatus.BAD_GATEWAY;
    LOG.warn("a user's look at their memories failed: {}", e.getMessage());
    ProblemDetail problem = problem(status, "mem0", String.valueOf(e.getMessage()), request);
    problem.setProperty("degraded", reason.json());
    return problem;
  }

  @ExceptionHandler
  ProblemDetail unexpected(Exception e, WebRequest request) {
    LOG.error("a request failed inside the retriever", e);
    return problem(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "internal-error",
        "The retriever failed; its log says why, under this trace id.",
        request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof RequestSizeFilter.TooLargeException tooLarge) {
        ProblemDetail problem =
            problem(
                HttpStatus.CONTENT_TOO_LARGE,
                "too-large",
                "The request is larger than " + tooLarge.maxBytes() + " bytes.",
                request);
        return createResponseEntity(
            withField(
                problem,
                "body",
                "more than " + tooLarge.maxBytes() + " bytes",
                "leave images out, or raise tavern.retriever.max-request-size"),
            headers,
            HttpStatus.CONTENT_TOO_LARGE,
            request);
      }
    }
    BodyError error = BodyError.of(e);
    ProblemDetail problem =
        problem(HttpStatus.BAD_REQUEST, "malformed-body", error.detail(), request);
    return createResponseEntity(
        withField(problem, error.field(), error.value(), error.fix()),
        headers,
        HttpStatus.BAD_REQUEST,
        request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleTypeMismatch(
      org.springframework.beans.TypeMismatchException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    String field =
        e instanceof MethodArgumentTypeMismatchException argument
            ? argument.getName()
            : String.valueOf(e.getPropertyName());
    ProblemDetail problem =
        invalid(new InvalidRequestException(field, e.getValue(), "send a whole number"), request);
    return createResponseEntity(problem, headers, HttpStatus.UNPROCESSABLE_CONTENT, request);
  }

  private static ProblemDetail problem(
      HttpStatus status, String type, String detail, WebRequest request) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setType(URI.create(TYPE + type));
    Object traceId = request.getAttribute(RequestTrace.TRACE_ID, RequestAttributes.SCOPE_REQUEST);
    if (traceId != null) {
      problem.setProperty("trace_id", traceId);
    }
    return problem;
  }

  private static ProblemDetail withField(
      ProblemDetail problem, String field, String value, String fix) {
    problem.setProperty("field", field);
    problem.setProperty("value", value);
    problem.setProperty("fix", fix);
    return problem;
  }
}
