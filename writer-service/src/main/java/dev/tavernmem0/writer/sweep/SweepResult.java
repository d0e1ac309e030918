package dev.tavernmem0.writer.sweep;

import dev.tavernmem0.common.identity.Scope;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the sweep found in one scope.
 *
 * @param whole whether all was compared; otherwise that is to be done again
 * @param listed how many memories mem0 listed
 * @param notLookedUp memories that mem0 did not list, and that were too many to be looked up
 * @param missing what mem0 does not hold
 * @param dryRun whether nothing was done about it
 * @param strangers memories of batches that the ledger does not know
 * @param leftOver how many memories are left over, and still there
 * @param deleted how many memories were deleted that were left over
 * @param notDeleted how many of those are still there
 * @param suspects memories that are to be deleted if they are found left over once more
 * @param adoptions what the ledger has to learn; after a dry run, what it would have to
 * @param error what mem0 would not do, without chat text; null if nothing, or if the sweep has made
 *     way
 */
public record SweepResult(
    Scope scope,
    boolean whole,
    int listed,
    int notLookedUp,
    List<MissingMemories> missing,
    boolean dryRun,
    Set<String> strangers,
    int leftOver,
    int deleted,
    int notDeleted,
    Set<String> suspects,
    List<Adoption> adoptions,
    @Nullable String error) {

  public SweepResult {
    missing = List.copyOf(missing);
    strangers = Set.copyOf(strangers);
    suspects = Set.copyOf(suspects);
    adoptions = List.copyOf(adoptions);
  }

  /** A scope that could not be looked at, or not to the end. */
  public static SweepResult unfinished(Scope scope, @Nullable String error) {
    return new SweepResult(
        scope, false, 0, 0, List.of(), false, Set.of(), 0, 0, 0, Set.of(), List.of(), error);
  }
}
