package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.writer.kafka.LoggedTurn;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the memories of a batch: those of the ledger, and any other that bears its id, but for
 * what a user keeps. That it does so is in the ledger before the first of them is gone: what a
 * crash leaves half done is then done to its end, whatever the chat says by then. A deletion that
 * mem0 refuses is tried again.
 */
final class RetractExecution implements TaskExecution {
  private static final Logger LOG = LoggerFactory.getLogger(RetractExecution.class);

  private final LedgerEntry retracted;
  private final TaskContext context;
  private boolean begun;

  RetractExecution(LedgerEntry retracted, TaskContext context) {
    this.retracted = retracted;
    this.context = context;
  }

  @Override
  public TaskResult attempt() {
    List<LoggedTurn> turns = context.turns(retracted);
    if (!begun) {
      context.append(
          retracted.become(
              Fate.RETRACTING, retracted.reason(), retracted.turns(), context.nowMs()));
      begun = true;
    }
    Set<String> ids = new LinkedHashSet<>(retracted.memoryIds());
    ids.addAll(StoredBatch.find(context.mem0(), retracted, BatchRequest.query(retracted, turns)));
    Mem0Exception.Permanent refusal = null;
    for (String id : Curator.toDelete(context, retracted, ids)) {
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
    return context.record(retracted);
  }

  @Override
  public boolean inDoubt() {
    return false;
  }
}
