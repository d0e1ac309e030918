package dev.tavernmem0.writer.consume;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How what mem0 holds compares with what the ledger says, as far as it was looked at; in the
 * partitions of this instance.
 *
 * @param enabled whether scopes are compared without being asked for
 * @param scopes how many scopes there are
 * @param compared how many of them were compared since the start, or since it was asked for
 * @param lastEndedAt when a scope was compared last; null if none was
 * @param missingMemories how many memories are not in mem0 that should be
 * @param missingBatches of how many batches
 * @param strangers how many memories in mem0 are of batches that the ledger does not know
 * @param leftOver how many memories are left over: a comparison that is no dry run deletes them
 * @param unrecorded how many memories the ledger does not know of: a comparison that is no dry run
 *     tells it
 * @param deleted how many left-over memories were deleted since the start
 * @param adopted how many memories the ledger learned of since the start
 * @param lastError why a scope could not be compared, without chat text; null if the last one could
 * @param findings the scopes where something is missing, strange, left over or unrecorded
 */
public record SweepStatus(
    boolean enabled,
    int scopes,
    int compared,
    @Nullable Instant lastEndedAt,
    int missingMemories,
    int missingBatches,
    int strangers,
    int leftOver,
    int unrecorded,
    long deleted,
    long adopted,
    @Nullable String lastError,
    List<SweepFinding> findings) {

  /** Nothing was compared. */
  static final SweepStatus NONE =
      new SweepStatus(false, 0, 0, null, 0, 0, 0, 0, 0, 0, 0, null, List.of());

  public SweepStatus {
    findings = List.copyOf(findings);
  }

  /** With so many findings at most. */
  SweepStatus withFindings(int most) {
    return new SweepStatus(
        enabled,
        scopes,
        compared,
        lastEndedAt,
        missingMemories,
        missingBatches,
        strangers,
        leftOver,
        unrecorded,
        deleted,
        adopted,
        lastError,
        findings.subList(0, Math.min(most, findings.size())));
  }
}
