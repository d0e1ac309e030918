package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.sweep.MissingMemories;
import java.time.Instant;
import java.util.List;

/**
 * Where mem0 does not hold what the ledger says, in one scope.
 *
 * @param userId of the scope
 * @param agentId of the scope
 * @param comparedAt when that was seen
 * @param missing what is not there, by batch; {@code POST /v1/requeues?missing=true} has it written
 *     again
 * @param strangers how many memories bear the id of a batch that the ledger does not know, and came
 *     from turns that it does not know: they are left alone
 * @param leftOver how many memories are left over, and still there
 * @param unrecorded how many memories of written batches the ledger does not know; a comparison
 *     that is no dry run tells it
 * @param notLookedUp how many memories were too many to be looked up; others are the next time
 */
public record SweepFinding(
    String userId,
    String agentId,
    Instant comparedAt,
    List<MissingMemories> missing,
    int strangers,
    int leftOver,
    int unrecorded,
    int notLookedUp) {

  public SweepFinding {
    missing = List.copyOf(missing);
  }
}
