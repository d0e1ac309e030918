package dev.tavernmem0.service.problem;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A request cannot be carried out; the problem is the answer to it. */
public final class RefusedException extends RuntimeException {
  private final Problem problem;

  public RefusedException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  /**
   * A field holds what it cannot.
   *
   * @param field as the request names it
   * @param value what it holds
   * @param fix what the caller should send instead
   */
  public static RefusedException invalidField(String field, @Nullable Object value, String fix) {
    Problem problem = Problem.of(HttpStatus.UNPROCESSABLE_CONTENT, "invalid-field", "");
    Problem in = problem.in(field, value, fix);
    String detail = field + " cannot be '" + in.value() + "': " + fix + ".";
    return new RefusedException(
        Problem.of(problem.status(), problem.type(), detail).in(field, value, fix));
  }

  /** The request cannot be read: as {@link #invalidField}, of its form. */
  public static RefusedException malformed(String field, @Nullable Object value, String fix) {
    return new RefusedException(
        Problem.of(
                HttpStatus.BAD_REQUEST, "malformed-body", "The body cannot be read: " + fix + ".")
            .in(field, value, fix));
  }

  public Problem problem() {
    return problem;
  }
}
