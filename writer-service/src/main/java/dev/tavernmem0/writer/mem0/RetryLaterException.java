package dev.tavernmem0.writer.mem0;

/** An attempt came to no end for a reason that is no failure of mem0's: go on with it later. */
abstract sealed class RetryLaterException extends RuntimeException {
  private RetryLaterException(String message) {
    super(message);
  }

  /** Whether the batch was stored cannot be told yet; look again soon. */
  static final class InDoubt extends RetryLaterException {
    InDoubt(String batchId) {
      super("batch " + batchId + " may still be on its way into mem0");
    }
  }

  /** An operator has paused the writing. */
  static final class Paused extends RetryLaterException {
    Paused() {
      super("an operator has paused the writing");
    }
  }

  /** Another write of the same scope is under way. */
  static final class ScopeBusy extends RetryLaterException {
    ScopeBusy() {
      super("another write of the scope is under way");
    }
  }

  /** mem0 returned ids that do not exist. */
  static final class Phantom extends RetryLaterException {
    Phantom(String batchId) {
      super("mem0 returned ids for batch " + batchId + " that do not exist");
    }
  }
}
