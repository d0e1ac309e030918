package dev.tavernmem0.testkit.mem0;

/** A request that mem0 refuses, with the status and {@code detail} of its answer. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Object detail;

  ApiException(int status, Object detail) {
    super(String.valueOf(detail));
    this.status = status;
    this.detail = detail;
  }

  Answer answer(Generation generation) {
    boolean caught = generation == Generation.V1 && status != 401 && status != 422;
    return Answer.error(caught ? 500 : status, detail);
  }
}
