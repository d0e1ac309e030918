package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.writer.kafka.LoggedTurn;
import dev.tavernmem0.writer.scope.Task;
import dev.tavernmem0.writer.sweep.KnownBatches;
import dev.tavernmem0.writer.sweep.StoredMemory;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the memories of a batch: those of the ledger, and any other that bears its id, but for
 * what a user keeps, and for what mem0 has put words of another batch in that it holds: that is the
 * other batch's, which is taken back itself. Which they are, and that they go, is in the ledger
 * before the first of them is gone: what a crash leaves half done is then done to its end, whatever
 * the chat says by then, and batches that were told by one of them are written again. A deletion
 * that mem0 refuses is tried again.
 */
final class RetractExecution implements TaskExecution {
  private static final Logger LOG = LoggerFactory.getLogger(RetractExecution.class);

  private final List<LedgerEntry> ledger;
  private final TaskContext context;
  private LedgerEntry retracted;
  private boolean begun;

  /**
   * The deletion of a batch's memories.
   *
   * @param ledger all entries of the scope
   */
  RetractExecution(LedgerEntry retracted, List<LedgerEntry> ledger, TaskContext context) {
    this.retracted = retracted;
    this.ledger = ledger;
    this.context = context;
  }

  @Override
  public TaskResult attempt() {
    List<LoggedTurn> turns = context.turns(retracted);
    Set<String> ids = new LinkedHashSet<>();
    try {
      for (Memory memory :
          StoredBatch.find(context.mem0(), retracted, BatchRequest.query(retracted, turns))) {
        ids.add(memory.id());
      }
    } catch (LaneCalls.PutOffException e) {
      return new TaskResult.PutOff(retracted);
    }
    ids.addAll(ofTheLedger(ids));
    begin(ids);
    Set<String> kept = new LinkedHashSet<>();
    Mem0Exception.Permanent refusal = null;
    for (String id : ids) {
      // Asked each time: a user may keep one while the others are deleted.
      if (Curator.kept(context, retracted).contains(id)) {
        kept.add(id);
        continue;
      }
      try {
        context.mem0().delete(id);
      } catch (Mem0Exception.Permanent e) {
        LOG.error("memory {} of batch {} stays: {}", id, retracted.batchId(), e.getMessage());
        refusal = e;
      }
    }
    if (refusal != null) {
      // To call it retracted would be to forget a memory that mem0 still tells.
      throw refusal;
    }
    if (Task.Retract.REQUEUED.equals(retracted.reason()) && wasEmpty()) {
      context.empties().triesAgain(retracted);
    }
    kept.addAll(Curator.kept(context, retracted));
    return context.record(without(kept));
  }

  private boolean wasEmpty() {
    return ledger.stream()
        .anyMatch(
            entry -> entry.batchId().equals(retracted.batchId()) && entry.fate() == Fate.EMPTY);
  }

  private void begin(Set<String> ids) {
    Set<String> all = new LinkedHashSet<>(retracted.memoryIds());
    if (all.addAll(ids) || !begun) {
      retracted = retracted.holding(List.copyOf(all), retracted.merges());
      context.append(
          retracted.become(
              Fate.RETRACTING, retracted.reason(), retracted.turns(), context.nowMs()));
      begun = true;
    }
  }

  /** What the ledger names besides, as far as it has not become another batch's. */
  private List<String> ofTheLedger(Set<String> found) {
    List<String> named = retracted.memoryIds().stream().filter(id -> !found.contains(id)).toList();
    List<StoredMemory> there =
        context.mem0().get(named).values().stream().map(StoredBatch::memory).toList();
    KnownBatches known = new KnownBatches(there.isEmpty() ? List.of() : ledger);
    List<String> ours = new ArrayList<>();
    for (StoredMemory memory : there) {
      String batchId = memory.batchId();
      boolean isOurs = batchId == null || batchId.equals(retracted.batchId());
      if (isOurs || known.areDoneWith(memory)) {
        ours.add(memory.id());
      } else {
        LOG.info(
            "memory {} of batch {} is batch {}'s now", memory.id(), retracted.batchId(), batchId);
      }
    }
    return ours;
  }

  /** What a user keeps outlives the batch: whatever shares it from now on loses nothing. */
  private LedgerEntry without(Set<String> kept) {
    return retracted.holding(
        retracted.memoryIds().stream().filter(id -> !kept.contains(id)).toList(),
        retracted.merges().stream().filter(merge -> !kept.contains(merge.memoryId())).toList());
  }

  @Override
  public boolean inDoubt() {
    return false;
  }
}
