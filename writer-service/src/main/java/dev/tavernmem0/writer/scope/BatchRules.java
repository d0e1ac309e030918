package dev.tavernmem0.writer.scope;

import java.time.Duration;

/**
 * When turns are written, and how many together.
 *
 * @param maxTurns most turns of a batch of what is said now
 * @param backlogTurns most turns of a batch of old chats
 * @param settle a turn unchanged for this long will not be swiped away any more
 * @param linger a chat idle for this long gets its incomplete batch written
 * @param maxAge no settled turn waits longer than this for others to join it
 * @param retractGrace how long changes of a written turn are gathered before its batch is retracted
 * @param holdTurns from so many turns deleted at once the retraction waits for an operator
 * @param mostEntangled a retraction that takes more batches along, because mem0 merged them, waits
 *     for an operator too; counts the batch itself
 * @param refusedRetry when what mem0 refused is tried again, if it is not known whose fault it is
 */
public record BatchRules(
    int maxTurns,
    int backlogTurns,
    Duration settle,
    Duration linger,
    Duration maxAge,
    Duration retractGrace,
    int holdTurns,
    int mostEntangled,
    Duration refusedRetry) {

  private static final Duration LONGEST_QUIET = Duration.ofMillis(500);

  public BatchRules {
    if (maxTurns < 1 || backlogTurns < 1 || holdTurns < 1 || mostEntangled < 1) {
      throw new IllegalArgumentException(
          "max turns, backlog turns, hold turns and most entangled must be at least 1");
    }
  }

  /** Nothing for this long: what was on its way has arrived. */
  Duration quiet() {
    return linger.compareTo(LONGEST_QUIET) < 0 ? linger : LONGEST_QUIET;
  }
}
