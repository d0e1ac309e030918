package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.writer.kafka.LoggedTurn;
import dev.tavernmem0.writer.scope.TryAgain;
import dev.tavernmem0.writer.tokens.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

  /** So soon nobody takes a partition over: the group misses a writer only after seconds. */
  private static final Duration INTENT_HOLDS = Duration.ofSeconds(2);

  /** mem0's code for a failure that has to do with none of those that it asks. */
  private static final String NO_CAUSE = "unknown";

  /** So many of those in a row are no coincidence. */
  private static final int FAILURES = 3;

  private final LedgerEntry batch;
  private final TaskContext context;

  private @Nullable Stored stored;
  private @Nullable Instant inDoubtUntil;
  private boolean everInDoubt;
  private boolean keyRefused;
  private int posts;
  private int phantoms;
  private int failures;

  WriteExecution(LedgerEntry batch, TaskContext context) {
    this.batch = batch;
    this.context = context;
    this.posts = batch.attempts();
    this.everInDoubt = batch.attempts() > 0;
  }

  @Override
  public TaskResult attempt() {
    List<LoggedTurn> turns = context.turns(batch);
    if (turns.isEmpty()) {
      return context.record(
          batch.outcome(
              Fate.DEAD, "its turns are in the log no more", List.of(), posts, context.nowMs()));
    }
    AddRequest request = BatchRequest.of(batch, turns, context.options());
    if (request.messages().isEmpty()) {
      return context.record(
          batch.outcome(
              Fate.EMPTY, "nothing left after cleaning", List.of(), posts, context.nowMs()));
    }
    if (stored == null && inDoubtUntil != null && !canBeRepeated()) {
      lookFor(request, turns, inDoubtUntil);
    }
    if (stored == null) {
      try {
        post(request);
      } catch (LaneCalls.AbandonedException e) {
        notPosted();
        throw e;
      } catch (LaneCalls.PutOffException e) {
        notPosted();
        return new TaskResult.PutOff(batch);
      } catch (RetryLaterException.Paused e) {
        notPosted();
        throw e;
      } catch (Mem0Exception.Permanent e) {
        if (isRefusedForItsKey(e)) {
          keyRefused = true;
          inDoubtUntil = context.now();
          throw new RetryLaterException.InDoubt(batch.batchId());
        }
        stored = inDoubtUntil == null ? null : foundNevertheless(request, turns);
        if (stored == null) {
          return refused(request, turns, String.valueOf(e.getMessage()), TryAgain.LATER);
        }
      } catch (Mem0Exception.Ambiguous e) {
        if (!isToBeTakenForARefusal(e)) {
          throw e;
        }
        stored = foundNevertheless(request, turns);
        if (stored == null) {
          return refused(request, turns, String.valueOf(e.getMessage()), TryAgain.RARELY);
        }
      }
    }
    stored = verify(request, turns, Objects.requireNonNull(stored));
    if (stored == null) {
      if (phantoms >= context.options().phantomAttempts()) {
        return dead(
            turns, "phantom", "mem0 returned ids that do not exist, " + phantoms + " times");
      }
      throw new RetryLaterException.Phantom(batch.batchId());
    }
    if (!stored.whole() && stored.memoryIds().isEmpty() && isWrittenOftenEnough()) {
      return dead(turns, "phantom", "mem0 returned ids that do not exist, again and again");
    }
    List<String> turnIds = batch.turns().stream().map(LedgerTurn::turnId).toList();
    context.refusals().taken(turnIds);
    context.options().tokens().taken(turnIds, tokens(request));
    if (stored.isNothing()) {
      context.empties().empty(batch);
    } else {
      context.empties().kept(batch);
    }
    return context.record(Curator.heed(context, batch, turns, stored, posts));
  }

  private boolean isWrittenOftenEnough() {
    return batch.generation() >= context.options().phantomAttempts();
  }

  @Override
  public boolean inDoubt() {
    return stored == null && inDoubtUntil != null && context.now().isBefore(inDoubtUntil);
  }

  private void lookFor(AddRequest request, List<LoggedTurn> turns, Instant until) {
    stored = foundNevertheless(request, turns);
    if (stored == null && context.now().isBefore(until)) {
      throw new RetryLaterException.InDoubt(batch.batchId());
    }
    if (stored == null) {
      inDoubtUntil = null;
    }
  }

  private @Nullable Stored foundNevertheless(AddRequest request, List<LoggedTurn> turns) {
    List<Memory> found = StoredBatch.find(context.mem0(), batch, BatchRequest.query(batch, turns));
    if (found.isEmpty()) {
      return null;
    }
    LOG.info("batch {} was stored although mem0 did not say so", batch.batchId());
    return Stored.found(found, request);
  }

  private void post(AddRequest request) {
    posts++;
    recordIntent();
    Instant recorded = context.now();
    try {
      stored =
          Stored.answered(context.mem0().add(request.with(key()), () -> beforeThePost(recorded)));
    } catch (Mem0Exception e) {
      if (mayHaveStored(e)) {
        everInDoubt = true;
        Instant now = context.now();
        inDoubtUntil = mem0IsDone(e) ? now : now.plus(context.options().reconcileGrace());
      }
      throw e;
    }
  }

  /** Memories of an earlier post that was answered were deleted, so that is not to be repeated. */
  private @Nullable String key() {
    if (keyRefused || !context.options().server().takesKeys()) {
      return null;
    }
    return phantoms == 0 ? batch.batchId() : batch.batchId() + "." + phantoms;
  }

  private boolean canBeRepeated() {
    return !keyRefused && context.options().server().takesKeysNow();
  }

  /** mem0 has answered it already, when it was worded otherwise: with other settings of ours. */
  private boolean isRefusedForItsKey(Mem0Exception.Permanent e) {
    return Integer.valueOf(422).equals(e.status()) && key() != null;
  }

  /**
   * mem0 can do nothing with what its model answers to this batch, or with the batch itself: a
   * model that declines, or is cut off, does so again and again, and is paid each time.
   */
  private boolean isToBeTakenForARefusal(Mem0Exception.Ambiguous e) {
    if (!NO_CAUSE.equals(e.code())) {
      failures = 0;
      return false;
    }
    failures++;
    return failures >= FAILURES || context.refusals().areTheProviders();
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

  /** Who finds the intent after a restart need not wait for what was never posted. */
  private void notPosted() {
    posts--;
    recordIntent();
  }

  /** When its turn to be posted comes late, the batch may be another writer's by then. */
  private void beforeThePost(Instant recorded) {
    if (context.abandoned().getAsBoolean()) {
      notPosted();
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
   * What of it exists. If memories are missing that mem0 said it had added, the others are deleted,
   * and the batch is to be posted again: null. What mem0 merged into memories of earlier batches
   * cannot be deleted here; then the batch is not whole, and is taken back with those.
   */
  private @Nullable Stored verify(AddRequest request, List<LoggedTurn> turns, Stored answered) {
    LaneCalls mem0 = context.mem0();
    Stored checked = everInDoubt ? withEarlierPosts(request, turns, answered) : answered;
    // One by one, because mem0 2.x tells of any of them alike whether it could insert it or not.
    Set<String> existing = mem0.get(checked.memoryIds()).keySet();
    List<String> there = checked.memoryIds().stream().filter(existing::contains).toList();
    int missing = checked.memoryIds().size() - there.size();
    if (missing == 0) {
      return checked;
    }
    phantoms++;
    mem0.phantoms(missing);
    LOG.warn(
        "mem0 returned {} ids for batch {}, and {} of them do not exist",
        checked.memoryIds().size(),
        batch.batchId(),
        missing);
    boolean hasChangedOthers = checked.merges().stream().anyMatch(Merge::displaces);
    if (hasChangedOthers || (!there.isEmpty() && !checked.merges().isEmpty())) {
      return checked.toldBy(there, false);
    }
    there.forEach(mem0::delete);
    return null;
  }

  /** An earlier post may have come through after all. */
  private Stored withEarlierPosts(AddRequest request, List<LoggedTurn> turns, Stored answered) {
    List<Memory> found = StoredBatch.find(context.mem0(), batch, BatchRequest.query(batch, turns));
    if (answered.memoryIds().isEmpty() && answered.merges().isEmpty()) {
      return found.isEmpty() ? answered : Stored.found(found, request);
    }
    List<String> ids = new ArrayList<>(answered.memoryIds());
    for (Memory memory : found) {
      if (ids.contains(memory.id())) {
        continue;
      }
      if (isAsAdded(memory)) {
        context.mem0().delete(memory.id());
      } else {
        ids.add(memory.id());
      }
    }
    return answered.toldBy(ids, answered.whole() && ids.size() == answered.memoryIds().size());
  }

  /** Whether it is of this batch alone; mem0 1.x may have put its words into an earlier one's. */
  private static boolean isAsAdded(Memory memory) {
    return memory.updatedAt() == null || memory.updatedAt().equals(memory.createdAt());
  }

  /**
   * One turn of the batch may be guilty, or the provider refuses everything: what is refused is
   * parted until the guilty turn is alone, and that is given up if another one was taken meanwhile.
   *
   * @param otherwise how it is tried again if not in parts
   */
  private TaskResult refused(
      AddRequest request, List<LoggedTurn> turns, String message, TryAgain otherwise) {
    Refusals refusals = context.refusals();
    List<String> turnIds = batch.turns().stream().map(LedgerTurn::turnId).toList();
    refusals.refused(turnIds, message);
    TokenLimit limit = context.options().tokens();
    limit.refused(turnIds, tokens(request));
    if (!refusals.lessMayBeTaken()) {
      limit.providerRefuses();
    }
    if (turnIds.size() == 1 && refusals.isGuilty(turnIds.get(0))) {
      refusals.givenUp(turnIds.get(0));
      limit.givenUp(turnIds.get(0));
      return dead(turns, "permanent", message);
    }
    boolean toBeParted = turnIds.size() > 1 && refusals.lessMayBeTaken();
    TryAgain whole = refusals.areTheProviders() ? TryAgain.LATER : otherwise;
    return new TaskResult.Refused(batch, message, toBeParted ? TryAgain.IN_PARTS : whole);
  }

  private static int tokens(AddRequest request) {
    return request.messages().stream().mapToInt(message -> Tokens.count(message.content())).sum();
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
