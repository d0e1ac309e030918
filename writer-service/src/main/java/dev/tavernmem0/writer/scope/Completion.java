package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.writer.sweep.Adoption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What follows when calls to mem0 for a batch are done. Not thread-safe. */
final class Completion {
  /** Of 30 s that makes 32 min. */
  private static final int MOST_DOUBLED = 6;

  private final Duration refusedRetry;
  private final Utterances utterances;
  private final ScopeLedger ledger;
  private final LedgerUpdates updates;
  private final Retractions retractions;
  private final Rewrites rewrites;
  private final InFlight inFlight;
  private final Entanglements entanglements;

  Completion(
      BatchRules rules,
      Utterances utterances,
      ScopeLedger ledger,
      LedgerUpdates updates,
      Retractions retractions,
      Rewrites rewrites,
      InFlight inFlight,
      Entanglements entanglements) {
    this.refusedRetry = rules.refusedRetry();
    this.utterances = utterances;
    this.ledger = ledger;
    this.updates = updates;
    this.retractions = retractions;
    this.rewrites = rewrites;
    this.inFlight = inFlight;
    this.entanglements = entanglements;
  }

  /** The calls are done, and the ledger has this outcome of them. */
  void completed(LedgerEntry outcome, Instant now, Effects effects) {
    Task done = inFlight.finish(outcome.batchId());
    if (done == null) {
      throw new IllegalStateException("batch " + outcome.batchId() + " was not in flight");
    }
    ledger.put(outcome);
    if (done instanceof Task.Retract) {
      retracted(outcome, now, effects);
    } else {
      stored(outcome, now, effects);
    }
    inFlight.told(outcome.batchId(), effects);
  }

  /** mem0 does not hold the batch that an earlier life of the writer left open. */
  void notStored(LedgerEntry intent, Instant now, Effects effects) {
    String batchId = intent.batchId();
    if (!(inFlight.find(batchId) instanceof Task.Reconcile)) {
      throw new IllegalStateException("no reconciliation of batch " + batchId + " was in flight");
    }
    if (!dropIfChanged(intent, now, effects)) {
      inFlight.finish(batchId);
      inFlight.writeAgain(intent);
    }
  }

  /** mem0 may hold the batch, and tells when it is posted again. */
  void repeatable(LedgerEntry intent) {
    String batchId = intent.batchId();
    if (!(inFlight.find(batchId) instanceof Task.Reconcile)) {
      throw new IllegalStateException("no reconciliation of batch " + batchId + " was in flight");
    }
    inFlight.finish(batchId);
    inFlight.writeAgain(intent);
  }

  /**
   * Drops a batch that mem0 does not hold if not all of it is said any more: it is retracted, which
   * loses nothing, and what is said of it is written again.
   *
   * @return whether it is dropped
   */
  private boolean dropIfChanged(LedgerEntry intent, Instant now, Effects effects) {
    if (!retractions.contains(intent.batchId())) {
      return false;
    }
    retractions.of(intent.batchId(), now).confirm();
    completed(intent.outcome(Fate.WRITTEN, null, List.of(), 0, now.toEpochMilli()), now, effects);
    return true;
  }

  /** Nothing was called for the batch, and it makes way for what is said now. */
  void putOff(LedgerEntry intent, Instant now, Effects effects) {
    String batchId = intent.batchId();
    Task task = inFlight.find(batchId);
    if (task instanceof Task.Retract) {
      inFlight.finish(batchId);
      return;
    }
    if (!(task instanceof Task.Write)) {
      throw new IllegalStateException("batch " + batchId + " was not in flight");
    }
    if (dropIfChanged(intent, now, effects)) {
      return;
    }
    inFlight.finish(batchId);
    inFlight.putOff(intent);
  }

  private static int rarer(LedgerEntry refused) {
    return Math.min(refused.generation(), MOST_DOUBLED);
  }

  /** mem0 refuses the batch, for one of its turns or for all. */
  void refused(LedgerEntry intent, TryAgain again, Instant now, Effects effects) {
    String batchId = intent.batchId();
    if (!(inFlight.find(batchId) instanceof Task.Write)) {
      throw new IllegalStateException("batch " + batchId + " was not in flight");
    }
    if (dropIfChanged(intent, now, effects)) {
      return;
    }
    inFlight.finish(batchId);
    LedgerEntry refused =
        intent.become(
            Fate.RETRACTED, "refused", updates.turnsNow(intent, null), now.toEpochMilli());
    boolean inParts = again == TryAgain.IN_PARTS;
    int half = inParts ? (refused.turns().size() + 1) / 2 : refused.turns().size();
    Instant notBefore =
        switch (again) {
          case IN_PARTS -> now;
          case LATER -> now.plus(refusedRetry);
          case RARELY -> now.plus(refusedRetry.multipliedBy(1L << rarer(intent)));
        };
    Set<String> held = new HashSet<>();
    for (int i = 0; i < refused.turns().size(); i++) {
      Utterance utterance = utterances.named(refused.turns().get(i).utterance());
      held.add(utterance.id());
      utterance.inBatch(null);
      if (utterance.isSaid()) {
        rewrites.addLater(Rewrites.part(batchId, i < half ? 1 : 2), utterance, now, notBefore);
      } else {
        utterances.dropIfUnused(utterance);
      }
    }
    ledger.retracted().forEach(entry -> updates.supersede(entry, held, effects));
    updates.append(refused, effects);
    inFlight.told(batchId, effects);
  }

  /** The ledger learns what mem0 holds of batches, as far as nothing is being done about them. */
  void adopt(List<Adoption> adoptions, Instant now, Effects effects) {
    for (Adoption adoption : adoptions) {
      LedgerEntry entry = ledger.get(adoption.batchId());
      if (entry != null && holdsMemories(entry) && !inFlight.isBusy(entry.batchId())) {
        LedgerEntry adopted = adopting(entry, adoption, now);
        updates.append(adopted, effects);
        if (adopted.inDoubt()) {
          retractions.of(adopted.batchId(), now).confirm();
        }
      }
    }
  }

  private static boolean holdsMemories(LedgerEntry entry) {
    return entry.fate() == Fate.WRITTEN || entry.fate() == Fate.EMPTY || entry.fate() == Fate.HELD;
  }

  private static LedgerEntry adopting(LedgerEntry entry, Adoption adoption, Instant now) {
    List<String> memoryIds = new ArrayList<>(entry.memoryIds());
    memoryIds.add(adoption.memoryId());
    List<Merge> merges = new ArrayList<>(entry.merges());
    if (adoption.merged()) {
      merges.add(new Merge(adoption.memoryId(), Merge.Change.UPDATE));
    }
    boolean wasEmpty = entry.fate() == Fate.EMPTY;
    // What nobody says any more was not taken back, because mem0 was thought to hold nothing of it.
    boolean isOutdated = wasEmpty && entry.turns().stream().anyMatch(LedgerTurn::gone);
    String doubt = isOutdated ? LedgerEntry.IN_DOUBT : null;
    return entry
        .become(
            wasEmpty ? Fate.WRITTEN : entry.fate(),
            wasEmpty ? doubt : entry.reason(),
            entry.turns(),
            now.toEpochMilli())
        .holding(memoryIds, merges);
  }

  private void stored(LedgerEntry outcome, Instant now, Effects effects) {
    Set<String> held = new HashSet<>();
    for (LedgerTurn turn : outcome.turns()) {
      Utterance utterance = utterances.named(turn.utterance());
      utterance.inBatch(outcome.batchId());
      held.add(turn.utterance());
      SaidTurn its = utterance.saidPreferablyBy(turn.turnId());
      if (its != null) {
        isIn(outcome.batchId(), turn, its, now, effects);
        for (SaidTurn said : utterance.turns()) {
          if (said != its && (said.open() || ledger.ofTurn(said.turnId()) == null)) {
            updates.record(said, effects);
          }
        }
      }
    }
    ledger.retracted().forEach(entry -> updates.supersede(entry, held, effects));
    if (outcome.inDoubt() || entanglements.hasLostMemories(outcome)) {
      // Stored in part, or in a memory that another batch's retraction took away meanwhile.
      retractions.of(outcome.batchId(), now).confirm();
    }
  }

  /** The turn says what the batch was written with, be it the one that said it then or another. */
  private void isIn(
      String batchId, LedgerTurn written, SaidTurn said, Instant now, Effects effects) {
    if (said.turnId().equals(written.turnId())) {
      updates.removeEntryOf(said.turnId(), effects);
      LedgerUpdates.closeIfOpen(said, effects);
    } else {
      updates.takeOver(Objects.requireNonNull(ledger.get(batchId)), said, now, effects);
    }
  }

  private void retracted(LedgerEntry outcome, Instant now, Effects effects) {
    String batchId = outcome.batchId();
    Retraction retraction = retractions.remove(batchId);
    List<LedgerTurn> turns =
        withoutWhatIsNotToBeRemembered(outcome, updates.turnsNow(outcome, retraction), effects);
    if (turns.isEmpty()) {
      updates.remove(outcome, effects);
    } else if (!turns.equals(outcome.turns())) {
      updates.append(
          outcome.become(Fate.RETRACTED, outcome.reason(), turns, now.toEpochMilli()), effects);
    }
    if (retraction != null) {
      retraction.closeDeletions(effects);
    }
    // Also what mem0 has merged into its memories since its retraction began.
    Lane lane = retraction == null ? Lane.LIVE : retraction.lane();
    entanglements.takenAlong(batchId).forEach(other -> retractions.of(other, now, lane).confirm());
    for (LedgerTurn turn : turns) {
      Utterance utterance = utterances.named(turn.utterance());
      utterance.inBatch(null);
      if (utterance.isSaid()) {
        rewrites.add(batchId, utterance, lane, now);
      } else {
        utterances.dropIfUnused(utterance);
      }
    }
  }

  /** What mem0 never held, and what is by now hidden or of a chat that is ignored, is skipped. */
  private List<LedgerTurn> withoutWhatIsNotToBeRemembered(
      LedgerEntry outcome, List<LedgerTurn> turns, Effects effects) {
    if (!outcome.memoryIds().isEmpty() || !outcome.merges().isEmpty()) {
      return turns;
    }
    List<LedgerTurn> left = new ArrayList<>();
    for (LedgerTurn turn : turns) {
      Utterance utterance = utterances.named(turn.utterance());
      boolean isSkipped =
          utterance.isSaid() && utterance.turns().stream().noneMatch(SaidTurn::worthAMemory);
      if (isSkipped) {
        utterance.inBatch(null);
        List.copyOf(utterance.turns()).forEach(said -> updates.record(said, effects));
      } else {
        left.add(turn);
      }
    }
    return left;
  }
}
