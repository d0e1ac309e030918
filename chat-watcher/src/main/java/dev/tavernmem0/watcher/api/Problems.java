package dev.tavernmem0.watcher.api;

import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.ProblemAdvice;
import dev.tavernmem0.watcher.rescue.ChatRescue;
import dev.tavernmem0.watcher.view.StateTopic.UnreadableException;
import dev.tavernmem0.watcher.view.TurnLog;
import java.util.Locale;
import org.apache.kafka.common.KafkaException;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;

/** What only the watcher refuses. */
@RestControllerAdvice
@Order(0)
class Problems {

  @ExceptionHandler
  ProblemDetail notThere(Snapshots.NoSuchSnapshotException e, WebRequest request) {
    Problem problem =
        Problem.of(
                HttpStatus.NOT_FOUND,
                "no-such-snapshot",
                "There is no snapshot with the id '" + e.getMessage() + "'.")
            .in("id", e.getMessage(), "take an id from GET /v1/snapshots");
    return ProblemAdvice.answer(problem, request);
  }

  @ExceptionHandler
  ProblemDetail ended(Snapshots.EndedException e, WebRequest request) {
    String state = e.run().state().name().toLowerCase(Locale.ROOT);
    Problem problem =
        Problem.of(HttpStatus.CONFLICT, "snapshot-ended", "The snapshot is " + state + " already.")
            .in("id", e.run().id(), "ask for a new one with POST /v1/snapshots");
    return ProblemAdvice.answer(problem, request);
  }

  @ExceptionHandler
  ProblemDetail notWatching(Snapshots.NotWatchingException e, WebRequest request) {
    return unavailable("not-watching", String.valueOf(e.getMessage()), request);
  }

  @ExceptionHandler
  ProblemDetail unreadable(UnreadableException e, WebRequest request) {
    return unavailable("kafka", String.valueOf(e.getMessage()), request);
  }

  @ExceptionHandler
  ProblemDetail unreadable(TurnLog.UnreadableException e, WebRequest request) {
    return unavailable("kafka", String.valueOf(e.getMessage()), request);
  }

  @ExceptionHandler
  ProblemDetail busy(TurnLog.BusyException e, WebRequest request) {
    return ProblemAdvice.answer(
        Problem.of(
            HttpStatus.SERVICE_UNAVAILABLE,
            "busy",
            e.getMessage() + ", one at a time. Try again when that is done."),
        request);
  }

  @ExceptionHandler
  ProblemDetail tooLarge(ChatRescue.TooLargeException e, WebRequest request) {
    return ProblemAdvice.answer(
        Problem.of(
            HttpStatus.SERVICE_UNAVAILABLE,
            "chat-too-large",
            e.getMessage() + ", a quarter of the watcher's memory: give it more (-Xmx)."),
        request);
  }

  @ExceptionHandler
  ProblemDetail kafka(KafkaException e, WebRequest request) {
    return unavailable("kafka", "Kafka did not take the signal: " + e.getMessage(), request);
  }

  private static ProblemDetail unavailable(String type, String reason, WebRequest request) {
    return ProblemAdvice.answer(
        Problem.of(
            HttpStatus.SERVICE_UNAVAILABLE,
            type,
            reason + "; GET /v1/status says more. Try again shortly."),
        request);
  }
}
