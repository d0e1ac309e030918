package dev.tavernmem0.retriever.web;

import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.retriever.curation.CurationUnavailableException;
import dev.tavernmem0.retriever.query.Degraded;
import dev.tavernmem0.retriever.search.Mem0Failures;
import dev.tavernmem0.retriever.web.MemoriesController.MemoryDisabledException;
import dev.tavernmem0.retriever.web.MemoriesController.NoSuchMemoryException;
import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.ProblemAdvice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;

/** What only the retriever refuses. */
@RestControllerAdvice
@Order(0)
class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  @ExceptionHandler
  ProblemDetail notThere(NoSuchMemoryException e, WebRequest request) {
    Problem problem =
        Problem.of(
                HttpStatus.NOT_FOUND,
                "no-such-memory",
                "This user has no memory with the id '" + e.getMessage() + "'.")
            .in("id", e.getMessage(), "take an id from GET /v1/memories");
    return ProblemAdvice.answer(problem, request);
  }

  @ExceptionHandler
  ProblemDetail disabled(MemoryDisabledException e, WebRequest request) {
    return degraded(
        HttpStatus.SERVICE_UNAVAILABLE,
        "Memory is switched off: set mem0.enabled=true.",
        Degraded.MEM0_DISABLED,
        request);
  }

  @ExceptionHandler
  ProblemDetail mem0(Mem0Exception e, WebRequest request) {
    Degraded reason = Mem0Failures.reason(e);
    HttpStatus status =
        reason == Degraded.MEM0_TIMEOUT ? HttpStatus.GATEWAY_TIMEOUT : HttpStatus.BAD_GATEWAY;
    LOG.warn("a user's look at their memories failed: {}", e.getMessage());
    return degraded(status, String.valueOf(e.getMessage()), reason, request);
  }

  @ExceptionHandler
  ProblemDetail undecided(CurationUnavailableException e, WebRequest request) {
    LOG.warn("a user's decision cannot be written down, nothing was done: {}", e.getMessage());
    return ProblemAdvice.answer(
        Problem.of(
            HttpStatus.SERVICE_UNAVAILABLE,
            "curation-unavailable",
            "Nothing was done, because the decision could not be written down and would not last: "
                + e.getMessage()
                + ". Try again when Kafka is there."),
        request);
  }

  private static ProblemDetail degraded(
      HttpStatus status, String detail, Degraded reason, WebRequest request) {
    ProblemDetail problem = ProblemAdvice.answer(Problem.of(status, "mem0", detail), request);
    problem.setProperty("degraded", reason.json());
    return problem;
  }
}
