package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.scope.Lane;
import dev.tavernmem0.writer.scope.ScopeState;
import java.util.List;
import java.util.Set;

/**
 * Has batches tried again on an operator's word. Throws {@link ChatAccess.UnavailableException}
 * while that cannot be carried out. Thread-safe.
 */
public final class RequeueOperation {
  private final ChatAccess access;

  public RequeueOperation(ChatAccess access) {
    this.access = access;
  }

  /** Has those tried again that are selected, in the partitions of this instance. */
  public Requeue.Outcome carryOut(Requeue requeue) {
    return access.ask(
        held -> {
          int batches = 0;
          int turns = 0;
          for (AssignedPartition partition : held.partitions()) {
            for (ScopeState scope : partition.scopes()) {
              Set<String> missing = held.sweeps().batchesWithMissing(scope.scope());
              for (LedgerEntry entry : List.copyOf(scope.entries())) {
                if (requeue.selects(entry, missing)) {
                  scope.requeue(entry, Lane.LIVE, held.now());
                  held.sweeps().mended(scope.scope());
                  batches++;
                  turns += entry.turns().size();
                }
              }
              held.apply(partition, scope, List.of());
            }
          }
          return new Requeue.Outcome(batches, turns);
        });
  }
}
