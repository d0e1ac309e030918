package dev.tavernmem0.watcher.api;

import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.service.task.SharedTask;
import dev.tavernmem0.service.task.TaskState;
import dev.tavernmem0.watcher.verify.Differences;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /v1/differences}: whether chat files and log say the same, and {@code /v1/comparison}
 * for who does not wait for it with one request. Reads all of both, one question at a time, and
 * holds no chat text. Thread-safe.
 */
@RestController
class DifferencesController {
  private static final int MOST_DIFFERENCES = 10_000;

  private final ChatComparison comparison;

  DifferencesController(ChatComparison comparison) {
    this.comparison = comparison;
  }

  /**
   * How a comparison stands.
   *
   * @param records how many records of the log are to be read, as far as that is known
   * @param differences of each kind 500 at most; empty until it is completed
   */
  record Comparison(
      TaskState state,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      long records,
      long recordsRead,
      Differences differences,
      @Nullable String failure) {

    static Comparison of(SharedTask.Status<Differences> status) {
      return new Comparison(
          status.state(),
          status.startedAt(),
          status.endedAt(),
          status.total(),
          status.done(),
          Objects.requireNonNullElse(status.result(), Differences.NONE),
          status.failure());
    }
  }

  @GetMapping("/v1/differences")
  Differences differences(@RequestParam(name = "limit", defaultValue = "100") int limit) {
    if (limit < 0 || limit > MOST_DIFFERENCES) {
      throw RefusedException.invalidField(
          "limit", limit, "send a number from 0 to " + MOST_DIFFERENCES);
    }
    return comparison.compare(limit);
  }

  /** Joins one that is under way, or that has ended and that nobody has seen yet. */
  @PostMapping("/v1/comparison")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Comparison begin() {
    return Comparison.of(comparison.begin());
  }

  @GetMapping("/v1/comparison")
  Comparison comparison() {
    return Comparison.of(comparison.status());
  }
}
