package dev.tavernmem0.writer.sweep;

import dev.tavernmem0.common.identity.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the sweep found in one scope.
 *
 * @param whole whether it came to its end; otherwise it is to be done again
 * @param listed how many memories mem0 listed
 * @param notLookedUp memories that mem0 did not list, and that were too many to be looked up
 * @param missing what mem0 does not hold
 * @param strangers how many memories are of batches that the ledger does not know
 * @param deleted how many memories were deleted that were left over
 * @param adoptions what the ledger has to learn
 * @param error why it did not come to its end, without chat text; null if it did, or has made way
 */
public record SweepResult(
    Scope scope,
    boolean whole,
    int listed,
    int notLookedUp,
    List<MissingMemories> missing,
    int strangers,
    int deleted,
    List<Adoption> adoptions,
    @Nullable String error) {

  public SweepResult {
    missing = List.copyOf(missing);
    adoptions = List.copyOf(adoptions);
  }

  /** A scope that could not be looked at, or not to the end. */
  public static SweepResult unfinished(Scope scope, int deleted, @Nullable String error) {
    return new SweepResult(scope, false, 0, 0, List.of(), 0, deleted, List.of(), error);
  }
}
