package dev.tavernmem0.writer.batch;

import java.time.Duration;

/**
 * When turns are written, and how many together.
 *
 * @param maxTurns most turns of a batch
 * @param maxChars most characters of a batch's texts; one longer turn makes a batch of its own
 * @param settle a turn unchanged for this long will not be swiped away any more
 * @param linger a chat idle for this long gets its incomplete batch written
 * @param maxAge no settled turn waits longer than this for others to join it
 * @param retractGrace how long changes of a written turn are gathered before its batch is retracted
 * @param holdTurns from so many turns deleted at once the retraction waits for an operator
 * @param narrator whether narrator lines are written too
 */
public record BatchRules(
    int maxTurns,
    int maxChars,
    Duration settle,
    Duration linger,
    Duration maxAge,
    Duration retractGrace,
    int holdTurns,
    boolean narrator) {

  private static final Duration LONGEST_QUIET = Duration.ofMillis(500);

  public BatchRules {
    if (maxTurns < 1 || maxChars < 1 || holdTurns < 1) {
      throw new IllegalArgumentException(
          "max turns, max characters and hold turns must be at least 1");
    }
  }

  /** No event of the chat for this long: its snapshot has been read to the end. */
  Duration quiet() {
    return linger.compareTo(LONGEST_QUIET) < 0 ? linger : LONGEST_QUIET;
  }
}
