package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.AddedMemory;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.writer.kafka.LoggedTurn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a batch: intent, post, check that the memories exist, outcome. After a post whose fate is
 * unknown it looks for the batch in mem0 before it posts again.
 */
final class WriteExecution implements TaskExecution {
  private static final Logger LOG = LoggerFactory.getLogger(WriteExecution.class);

  /** v1 also reports what it left alone ({@code NONE}) or removed ({@code DELETE}). */
  private static final Set<String> STORING = Set.of("ADD", "UPDATE");

  /** So soon nobody takes a partition over: the group misses a writer only after seconds. */
  private static final Duration INTENT_HOLDS = Duration.ofSeconds(2);

  private final LedgerEntry batch;
  private final TaskContext context;

  private @Nullable List<String> memoryIds;
  private @Nullable Instant inDoubtUntil;
  private boolean everInDoubt;
  private int posts;
  private int phantoms;

  WriteExecution(LedgerEntry batch, TaskContext context) {
    this.batch = batch;
    this.context = context;
    this.posts = batch.attempts();
  }

  @Override
  public TaskResult attempt() {
    List<LoggedTurn> turns = context.turns(batch);
    if (turns.isEmpty()) {
      return context.record(
          batch.outcome(
              Fate.DEAD, "its turns are in the log no more", List.of(), posts, context.nowMs()));
    }
    AddRequest request =
        BatchRequest.of(batch, turns, context.options().cleaning(), context.options().infer());
    if (request.messages().isEmpty()) {
      return context.record(
          batch.outcome(
              Fate.EMPTY, "nothing left after cleaning", List.of(), posts, context.nowMs()));
    }
    if (memoryIds == null && inDoubtUntil != null) {
      lookFor(turns, inDoubtUntil);
    }
    if (memoryIds == null) {
      try {
        post(request);
      } catch (Mem0Exception.Permanent e) {
        memoryIds = inDoubtUntil == null ? null : foundNevertheless(turns);
        if (memoryIds == null) {
          return dead(turns, "permanent", String.valueOf(e.getMessage()));
        }
      }
    }
    List<String> ids = verify(turns, memoryIds == null ? List.of() : memoryIds);
    if (memoryIds == null) {
      if (phantoms >= context.options().phantomAttempts()) {
        return dead(
            turns, "phantom", "mem0 returned ids that do not exist, " + phantoms + " times");
      }
      throw new RetryLaterException.Phantom(batch.batchId());
    }
    return context.record(Curator.heed(context, batch, ids, posts));
  }

  @Override
  public boolean inDoubt() {
    return memoryIds == null && inDoubtUntil != null && context.now().isBefore(inDoubtUntil);
  }

  private void lookFor(List<LoggedTurn> turns, Instant until) {
    memoryIds = foundNevertheless(turns);
    if (memoryIds == null && context.now().isBefore(until)) {
      throw new RetryLaterException.InDoubt(batch.batchId());
    }
    if (memoryIds == null) {
      inDoubtUntil = null;
    }
  }

  private @Nullable List<String> foundNevertheless(List<LoggedTurn> turns) {
    List<String> found = StoredBatch.find(context.mem0(), batch, BatchRequest.query(batch, turns));
    if (found.isEmpty()) {
      return null;
    }
    LOG.info("batch {} was stored although mem0 did not say so", batch.batchId());
    return found;
  }

  private void post(AddRequest request) {
    posts++;
    recordIntent();
    Instant recorded = context.now();
    try {
      memoryIds =
          context.mem0().add(request, () -> beforeThePost(recorded)).stream()
              .filter(added -> STORING.contains(added.event()))
              .map(AddedMemory::id)
              .distinct()
              .toList();
    } catch (Mem0Exception e) {
      if (mayHaveStored(e)) {
        everInDoubt = true;
        Instant now = context.now();
        inDoubtUntil = mem0IsDone(e) ? now : now.plus(context.options().reconcileGrace());
      }
      throw e;
    }
  }

  /** What its provider refuses, mem0 may have been asking for after it had stored the batch. */
  private static boolean mayHaveStored(Mem0Exception e) {
    Integer status = e.status();
    return !(e instanceof Mem0Exception.Transient)
        && (e instanceof Mem0Exception.Ambiguous || (status != null && status > 500));
  }

  private void recordIntent() {
    context.append(batch.outcome(Fate.PENDING, null, List.of(), posts, context.nowMs()));
  }

  /** When its turn to be posted comes late, the batch may be another writer's by then. */
  private void beforeThePost(Instant recorded) {
    if (context.abandoned().getAsBoolean()) {
      posts--;
      recordIntent();
      throw new CancellationException("the partition is not ours any more");
    }
    if (recorded.isBefore(context.now().minus(INTENT_HOLDS))) {
      recordIntent();
    }
  }

  /**
   * Without an answer mem0 may store the batch any time yet, and so it may when the answer is a
   * gateway's: 502 and above without mem0's code.
   */
  private static boolean mem0IsDone(Mem0Exception e) {
    Integer status = e.status();
    return status != null && (status <= 500 || e.code() != null);
  }

  /**
   * The memories of the batch. If some of them do not exist it deletes the others and forgets them
   * all, so that the batch is posted again.
   */
  private List<String> verify(List<LoggedTurn> turns, List<String> ids) {
    LaneCalls mem0 = context.mem0();
    List<String> checked = ids;
    if (everInDoubt) {
      List<String> found =
          new ArrayList<>(StoredBatch.find(mem0, batch, BatchRequest.query(batch, turns)));
      if (ids.isEmpty()) {
        checked = List.copyOf(found);
      } else {
        // An earlier post came through after all.
        found.removeAll(ids);
        found.forEach(mem0::delete);
      }
    }
    // One by one, because mem0 2.x tells of any of them alike whether it could insert it or not.
    Set<String> existing = mem0.get(checked).keySet();
    List<String> missing = checked.stream().filter(id -> !existing.contains(id)).toList();
    if (missing.isEmpty()) {
      return checked;
    }
    phantoms++;
    LOG.warn(
        "mem0 returned {} ids for batch {}, and {} of them do not exist",
        checked.size(),
        batch.batchId(),
        missing.size());
    existing.forEach(mem0::delete);
    memoryIds = null;
    return List.of();
  }

  private TaskResult dead(List<LoggedTurn> turns, String reason, String message) {
    List<CompletableFuture<Void>> letters = new ArrayList<>();
    for (LoggedTurn turn : turns) {
      letters.add(context.deadLetters().add(turn.record(), reason, message));
    }
    letters.forEach(TaskContext::await);
    LOG.error(
        "batch {} of {} turns is dead: {}; its turns are on the dead-letter topic",
        batch.batchId(),
        turns.size(),
        message);
    return context.record(batch.outcome(Fate.DEAD, message, List.of(), posts, context.nowMs()));
  }
}
