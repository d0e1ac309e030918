package dev.tavernmem0.writer.consume;

import java.time.Duration;
import org.apache.kafka.common.KafkaException;

/**
 * How long to wait before the consumer is started again. While Kafka is away the wait stays the
 * same, so that the writer is there as soon as Kafka is; a fault of the writer would only happen
 * again, so it is given longer each time. Not thread-safe.
 */
final class ReconnectWait {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final Duration first;
  private Duration next;

  ReconnectWait(Duration first) {
    this.first = first;
    this.next = first;
  }

  /**
   * The wait after a failure.
   *
   * @param lived how long the consumer had been there; long enough, and what went before is past
   */
  Duration after(Throwable failure, Duration lived) {
    if (isKafkas(failure) || lived.compareTo(LONGEST) > 0) {
      next = first;
    }
    Duration wait = next;
    if (!isKafkas(failure) && next.compareTo(LONGEST) < 0) {
      Duration twice = next.multipliedBy(2);
      next = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    }
    return wait;
  }

  /** Whether a failure is Kafka's, down to its first cause. */
  static boolean isKafkas(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof KafkaException && (cause == null || isKafkas(cause));
  }
}
