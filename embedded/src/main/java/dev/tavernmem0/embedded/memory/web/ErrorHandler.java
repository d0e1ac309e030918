package dev.tavernmem0.embedded.memory.web;

import dev.tavernmem0.embedded.memory.KeyReusedException;
import dev.tavernmem0.embedded.memory.TooManyWaitingException;
import dev.tavernmem0.embedded.memory.embedding.EmbeddingException;
import dev.tavernmem0.embedded.memory.extraction.LlmException;
import dev.tavernmem0.embedded.memory.filter.InvalidFilterException;
import dev.tavernmem0.embedded.memory.store.StoreException;
import dev.tavernmem0.service.trace.RequestTrace;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;

/** Failures in the shapes that mem0's clients know. */
@RestControllerAdvice
class ErrorHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorHandler.class);

  @ExceptionHandler
  ResponseEntity<Object> onApiException(ApiException e) {
    return detail(e.status(), message(e));
  }

  @ExceptionHandler
  ResponseEntity<Object> onInvalidFilter(InvalidFilterException e) {
    return detail(HttpStatus.BAD_REQUEST, message(e));
  }

  @ExceptionHandler
  ResponseEntity<Object> onInvalidFields(InvalidFieldsException e) {
    return invalid(e.errors());
  }

  @ExceptionHandler
  ResponseEntity<Object> onKeyReused(KeyReusedException e) {
    return detail(HttpStatus.UNPROCESSABLE_CONTENT, message(e));
  }

  @ExceptionHandler
  ResponseEntity<Object> onTooManyWaiting(TooManyWaitingException e, HttpServletRequest request) {
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, "5")
        .body(failure(request, "overloaded", message(e)));
  }

  @ExceptionHandler
  ResponseEntity<Object> onUnreadableBody(HttpMessageNotReadableException e) {
    FieldError error =
        e.getCause() instanceof JacksonException
            ? new FieldError("json_invalid", List.of("body"), "JSON decode error")
            : new FieldError("missing", List.of("body"), "Field required");
    return invalid(List.of(error));
  }

  @ExceptionHandler
  ResponseEntity<Object> onOtherMediaType(HttpMediaTypeNotSupportedException e) {
    return invalid(
        List.of(
            new FieldError(
                "model_attributes_type",
                List.of("body"),
                "Input should be JSON, sent as Content-Type: application/json")));
  }

  @ExceptionHandler
  ResponseEntity<Object> onWrongParameter(MethodArgumentTypeMismatchException e) {
    boolean integer = e.getRequiredType() == Integer.class;
    return invalid(
        List.of(
            new FieldError(
                integer ? "int_parsing" : "bool_parsing",
                List.of("query", e.getName()),
                "Input should be a valid " + (integer ? "integer" : "boolean"))));
  }

  @ExceptionHandler
  ResponseEntity<Object> onNoResource(NoResourceFoundException e) {
    return detail(HttpStatus.NOT_FOUND, "Not Found");
  }

  @ExceptionHandler
  ResponseEntity<Object> onOtherMethod(HttpRequestMethodNotSupportedException e) {
    return detail(HttpStatus.METHOD_NOT_ALLOWED, "Method Not Allowed");
  }

  @ExceptionHandler
  ResponseEntity<Object> onLlmFailure(LlmException e, HttpServletRequest request) {
    LOG.warn("the language model gave no answer ({}): {}", e.code(), cause(e));
    return upstream(request, e.code(), message(e));
  }

  @ExceptionHandler
  ResponseEntity<Object> onStoreFailure(StoreException e, HttpServletRequest request) {
    LOG.error("{}", message(e), e);
    return upstream(
        request,
        "vector_store_unavailable",
        "The vector store is unreachable or returned an error.");
  }

  @ExceptionHandler
  ResponseEntity<Object> onEmbeddingFailure(EmbeddingException e, HttpServletRequest request) {
    LOG.error("{}", message(e), e);
    return upstream(
        request, "provider_unavailable", "Provider is unreachable or returned a server error.");
  }

  @ExceptionHandler
  ResponseEntity<Object> onAnythingElse(Exception e, HttpServletRequest request) {
    if (e instanceof ErrorResponse known) {
      return detail(
          HttpStatus.valueOf(known.getStatusCode().value()),
          String.valueOf(known.getBody().getTitle()));
    }
    LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
    return upstream(request, "unknown", "Upstream provider error.");
  }

  private static ResponseEntity<Object> detail(HttpStatus status, Object detail) {
    return ResponseEntity.status(status).body(Map.of("detail", detail));
  }

  private static ResponseEntity<Object> invalid(List<FieldError> errors) {
    return detail(HttpStatus.UNPROCESSABLE_CONTENT, errors);
  }

  private static ResponseEntity<Object> upstream(
      HttpServletRequest request, String code, String detail) {
    return ResponseEntity.status(HttpStatus.BAD_GATEWAY).body(failure(request, code, detail));
  }

  private static Map<String, Object> failure(
      HttpServletRequest request, String code, String detail) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("detail", detail);
    body.put("code", code);
    body.put("request_id", String.valueOf(request.getAttribute(RequestTrace.TRACE_ID)));
    return body;
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }

  private static String cause(Exception e) {
    return e.getCause() == null ? "" : String.valueOf(e.getCause().getMessage());
  }
}
