package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.writer.curation.ScopeDecisions;
import dev.tavernmem0.writer.kafka.LoggedTurn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Heeds what users decided about memories when batches are taken back and written again. */
final class Curator {
  private static final Logger LOG = LoggerFactory.getLogger(Curator.class);

  private Curator() {}

  /**
   * What became of a batch, after what a user has forgotten meanwhile is deleted, and what says
   * again what a kept memory says.
   *
   * @param turns of the batch
   * @param calls how many were made for it
   */
  static LedgerEntry heed(
      TaskContext context, LedgerEntry batch, List<LoggedTurn> turns, Stored stored, int calls) {
    List<String> stay = stay(context, batch, turns, stored.memoryIds());
    boolean allForgotten = stay.isEmpty() && !stored.memoryIds().isEmpty();
    String reason = allForgotten ? ScopeDecisions.FORGOTTEN : doubt(context, batch, stored);
    boolean holdsNothing = stay.isEmpty() && !LedgerEntry.IN_DOUBT.equals(reason);
    Fate fate = holdsNothing ? Fate.EMPTY : Fate.WRITTEN;
    return batch.outcome(fate, reason, stay, calls, context.nowMs()).holding(stay, stored.merges());
  }

  private static @Nullable String doubt(TaskContext context, LedgerEntry batch, Stored stored) {
    if (stored.whole()) {
      return null;
    }
    if (batch.generation() >= context.options().phantomAttempts()) {
      LOG.warn(
          "batch {} is taken as it was found, though mem0 may not hold all of it: it was written"
              + " again {} times",
          batch.batchId(),
          batch.generation());
      return null;
    }
    return LedgerEntry.IN_DOUBT;
  }

  private static List<String> stay(
      TaskContext context, LedgerEntry batch, List<LoggedTurn> turns, List<String> ids) {
    if (ids.isEmpty()) {
      return ids;
    }
    // What is written for the first time may be old, and what was said after a decision is not
    // meant by it.
    long since = batch.generation() == 0 ? saidMs(turns) : 0;
    ScopeDecisions decisions =
        context.curation().decisions(context.partition(), batch.scope(), since);
    if (decisions.isNothing()) {
      return ids;
    }
    Map<String, Memory> memories = context.mem0().get(ids);
    List<String> stay = new ArrayList<>();
    for (String id : ids) {
      Memory memory = memories.get(id);
      if (memory == null || decisions.letStay(id, memory.text(), kept -> isThere(context, kept))) {
        stay.add(id);
      } else {
        context.mem0().forget(id);
        LOG.info("memory {} of batch {} is not what its user wants", id, batch.batchId());
      }
    }
    return stay;
  }

  private static boolean isThere(TaskContext context, String memoryId) {
    return context.mem0().get(List.of(memoryId)).containsKey(memoryId);
  }

  /** When the last of them was said, as far as is known; else when it was published. */
  private static long saidMs(List<LoggedTurn> turns) {
    return turns.stream()
        .mapToLong(
            logged -> {
              Instant sentAt = logged.turn().sentAt();
              return sentAt == null ? logged.record().timestamp() : sentAt.toEpochMilli();
            })
        .max()
        .orElse(0);
  }

  /** Memories that a user wants to keep, whatever becomes of their batch. */
  static Set<String> kept(TaskContext context, LedgerEntry batch) {
    return context.curation().decisions(context.partition(), batch.scope()).keptIds();
  }
}
