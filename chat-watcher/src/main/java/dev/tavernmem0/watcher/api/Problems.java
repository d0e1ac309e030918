package dev.tavernmem0.watcher.api;

import dev.tavernmem0.watcher.view.StateTopic.UnreadableException;
import java.net.URI;
import java.util.Locale;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Every refusal as an RFC 9457 problem; of a field it names the value and the fix. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {
  private static final String TYPE = "urn:tavern-mem0:problem:";

  @ExceptionHandler
  ProblemDetail invalid(InvalidRequestException e) {
    ProblemDetail problem =
        problem(
            e.status(),
            e.status() == HttpStatus.UNPROCESSABLE_CONTENT ? "invalid-field" : "malformed-body",
            e.field() + " cannot be '" + e.value() + "': " + e.fix() + ".");
    return withField(problem, e.field(), e.value(), e.fix());
  }

  @ExceptionHandler
  ProblemDetail notThere(Snapshots.NoSuchSnapshotException e) {
    ProblemDetail problem =
        problem(
            HttpStatus.NOT_FOUND,
            "no-such-snapshot",
            "There is no snapshot with the id '" + e.getMessage() + "'.");
    return withField(
        problem, "id", String.valueOf(e.getMessage()), "take an id from GET /v1/snapshots");
  }

  @ExceptionHandler
  ProblemDetail ended(Snapshots.EndedException e) {
    String state = e.run().state().name().toLowerCase(Locale.ROOT);
    ProblemDetail problem =
        problem(HttpStatus.CONFLICT, "snapshot-ended", "The snapshot is " + state + " already.");
    return withField(problem, "id", e.run().id(), "ask for a new one with POST /v1/snapshots");
  }

  @ExceptionHandler
  ProblemDetail notWatching(Snapshots.NotWatchingException e) {
    return unavailable("not-watching", String.valueOf(e.getMessage()));
  }

  @ExceptionHandler
  ProblemDetail unreadable(UnreadableException e) {
    return unavailable("kafka", String.valueOf(e.getMessage()));
  }

  @ExceptionHandler
  ProblemDetail kafka(KafkaException e) {
    return unavailable("kafka", "Kafka did not take the signal: " + e.getMessage());
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleTypeMismatch(
      TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    String field =
        e instanceof MethodArgumentTypeMismatchException argument
            ? argument.getName()
            : String.valueOf(e.getPropertyName());
    ProblemDetail problem =
        invalid(InvalidRequestException.field(field, e.getValue(), "send a whole number"));
    return createResponseEntity(problem, headers, HttpStatus.UNPROCESSABLE_CONTENT, request);
  }

  private static ProblemDetail unavailable(String type, String reason) {
    return problem(
        HttpStatus.SERVICE_UNAVAILABLE,
        type,
        reason + "; GET /v1/status says more. Try again shortly.");
  }

  private static ProblemDetail problem(HttpStatus status, String type, String detail) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setType(URI.create(TYPE + type));
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
