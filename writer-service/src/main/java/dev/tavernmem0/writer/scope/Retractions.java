package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The batches of a scope that hold what nobody says any more. Not thread-safe. */
final class Retractions {
  private final BatchRules rules;
  private final ScopeLedger ledger;
  private final Map<String, Retraction> byBatch = new LinkedHashMap<>();

  Retractions(BatchRules rules, ScopeLedger ledger) {
    this.rules = rules;
    this.ledger = ledger;
  }

  Retraction of(String batchId, Instant now) {
    return of(batchId, now, Lane.LIVE);
  }

  /** As {@link #of(String, Instant)}; if there is none yet, it is of that lane. */
  Retraction of(String batchId, Instant now, Lane lane) {
    return byBatch.computeIfAbsent(batchId, id -> new Retraction(now, lane));
  }

  @Nullable Retraction find(String batchId) {
    return byBatch.get(batchId);
  }

  @Nullable Retraction remove(String batchId) {
    return byBatch.remove(batchId);
  }

  /** As {@link Retraction#keepOpen}, of all batches. */
  int keepOpen(String turnId, long offset) {
    return byBatch.values().stream()
        .mapToInt(retraction -> retraction.keepOpen(turnId, offset))
        .sum();
  }

  boolean contains(String batchId) {
    return byBatch.containsKey(batchId);
  }

  boolean isEmpty() {
    return byBatch.isEmpty();
  }

  /** Whether the batch's memories will be deleted whatever comes. */
  boolean confirmed(String batchId) {
    Retraction retraction = byBatch.get(batchId);
    return retraction != null && retraction.confirmed();
  }

  /**
   * Batches to be retracted now. All of a scope become due together, so that how much one save
   * deleted is seen as a whole; what a replay takes back says nothing about that.
   *
   * @param inFlight batches that calls are under way for
   */
  List<String> due(Instant now, boolean caughtUp, Set<String> inFlight) {
    Instant last = Instant.MIN;
    Instant first = Instant.MAX;
    for (Retraction retraction : byBatch.values()) {
      if (retraction.lane() == Lane.BACKLOG) {
        continue;
      }
      last = retraction.lastChange().isAfter(last) ? retraction.lastChange() : last;
      first = retraction.since().isBefore(first) ? retraction.since() : first;
    }
    boolean quiet = caughtUp && !last.isAfter(now.minus(rules.retractGrace()));
    boolean waitedLong = !first.isAfter(now.minus(rules.maxAge()));
    List<String> due = new ArrayList<>();
    byBatch.forEach(
        (batchId, retraction) -> {
          LedgerEntry entry = ledger.get(batchId);
          boolean underWay =
              entry == null || entry.fate() == Fate.PENDING || inFlight.contains(batchId);
          boolean atOnce = retraction.confirmed() || retraction.requeued();
          if (!underWay && (quiet || waitedLong || atOnce)) {
            due.add(batchId);
          }
        });
    return due;
  }

  /**
   * Chats that lost so much at once that an operator has to decide, and why.
   *
   * @param saysNothing whether a chat has nothing left that is worth a memory
   */
  Map<String, String> holds(List<String> due, Predicate<String> saysNothing) {
    Map<String, Integer> gone = new HashMap<>();
    Map<String, String> holds = new HashMap<>();
    for (String batchId : due) {
      Retraction retraction = byBatch.get(batchId);
      boolean isDecided = retraction != null && retraction.confirmed() && !retraction.requeued();
      if (retraction == null || isDecided) {
        continue;
      }
      for (Retraction.Unsaid unsaid : retraction.unsaid()) {
        if (unsaid.deleted()) {
          gone.merge(unsaid.chatId(), 1, Integer::sum);
          if (unsaid.hold() != null) {
            holds.put(unsaid.chatId(), unsaid.hold());
          }
        }
      }
    }
    gone.forEach(
        (chatId, turns) -> {
          if (turns >= rules.holdTurns()) {
            holds.putIfAbsent(chatId, turns + " turns deleted at once");
          } else if (turns > 1 && saysNothing.test(chatId)) {
            holds.putIfAbsent(chatId, "all turns deleted");
          }
        });
    return holds;
  }
}
