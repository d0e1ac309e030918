package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.writer.kafka.LoggedTurn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a batch was stored whose intent was left open by an earlier life. One that was
 * never posted, because that life ended in good order, was not; and one that can be posted again
 * under its key need not be looked for.
 */
final class ReconcileExecution implements TaskExecution {
  private static final Logger LOG = LoggerFactory.getLogger(ReconcileExecution.class);

  /** By any server that takes keys: our image can be told to keep them no longer than a day. */
  private static final Duration ANSWERS_ARE_KEPT = Duration.ofHours(20);

  private final LedgerEntry intent;
  private final TaskContext context;
  private final Instant posted;

  ReconcileExecution(LedgerEntry intent, TaskContext context) {
    this.intent = intent;
    this.context = context;
    Instant said = Instant.ofEpochMilli(intent.tsMs());
    Instant now = context.now();
    // A time to come, from a clock that was wrong, would be waited for.
    this.posted = said.isAfter(now) ? now : said;
  }

  @Override
  public TaskResult attempt() {
    if (intent.attempts() == 0) {
      return new TaskResult.NotStored(intent);
    }
    boolean kept = posted.isAfter(context.now().minus(ANSWERS_ARE_KEPT));
    if (kept && context.options().server().takesKeysNow()) {
      return new TaskResult.Repeatable(intent);
    }
    List<LoggedTurn> turns = context.turns(intent);
    List<Memory> found =
        StoredBatch.find(context.mem0(), intent, BatchRequest.query(intent, turns));
    if (!found.isEmpty()) {
      LOG.info("batch {} had been stored before the restart", intent.batchId());
      AddRequest request = BatchRequest.of(intent, turns, context.options());
      Stored stored = Stored.found(found, request);
      return context.record(Curator.heed(context, intent, turns, stored, intent.attempts()));
    }
    // As long as the earlier life would have waited for the answer, and then in doubt.
    Instant until =
        posted.plus(context.options().callTimeout()).plus(context.options().reconcileGrace());
    if (context.now().isBefore(until)) {
      throw new RetryLaterException.InDoubt(intent.batchId());
    }
    return new TaskResult.NotStored(intent);
  }

  @Override
  public boolean inDoubt() {
    return intent.attempts() > 0;
  }
}
