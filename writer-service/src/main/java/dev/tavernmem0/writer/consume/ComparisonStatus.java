package dev.tavernmem0.writer.consume;

import dev.tavernmem0.service.task.SharedTask;
import dev.tavernmem0.service.task.TaskState;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a comparison of log and ledger stands.
 *
 * @param state none if none was asked for since the start of this instance
 * @param startedAt when it began
 * @param endedAt when it ended; null until it has
 * @param records how many records of the log are to be read, those erased since included
 * @param recordsRead how many of them are
 * @param differences what was found, of each kind 500 at most; empty until it is completed
 * @param failure why it failed; null if it did not
 */
public record ComparisonStatus(
    TaskState state,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    long records,
    long recordsRead,
    Differences differences,
    @Nullable String failure) {

  static ComparisonStatus of(SharedTask.Status<Differences> status) {
    return new ComparisonStatus(
        status.state(),
        status.startedAt(),
        status.endedAt(),
        status.total(),
        status.done(),
        Objects.requireNonNullElse(status.result(), Differences.NONE),
        status.failure());
  }
}
