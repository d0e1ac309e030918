package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What follows when a turn says something, says it differently, or is gone: what waits, what is to
 * be retracted, and what the ledger is to say without any call to mem0. Not thread-safe.
 */
final class TurnChanges {
  private static final String CHAT_DELETED = "chat deleted";
  private static final String NOT_IN_THE_LOG = "the log does not have them";

  private final Utterances utterances;
  private final ScopeLedger ledger;
  private final LedgerUpdates updates;
  private final Retractions retractions;
  private final Rewrites rewrites;
  private final InFlight inFlight;

  TurnChanges(
      Utterances utterances,
      ScopeLedger ledger,
      LedgerUpdates updates,
      Retractions retractions,
      Rewrites rewrites,
      InFlight inFlight) {
    this.utterances = utterances;
    this.ledger = ledger;
    this.updates = updates;
    this.retractions = retractions;
    this.rewrites = rewrites;
    this.inFlight = inFlight;
  }

  /**
   * A turn says this from now on.
   *
   * @param rewriteOf the batch that the new words are to be written again with; null if there is
   *     none
   */
  void says(
      SaidTurn said,
      Utterance utterance,
      @Nullable String rewriteOf,
      Instant now,
      Effects effects) {
    boolean isNew = !utterance.isSaid();
    utterance.saidBy(said);
    said.chat().put(said);
    String batchId = utterance.batchId();
    if (batchId != null) {
      saysWhatIsInABatch(said, utterance, batchId, now, effects);
    } else if (!said.worthAMemory()) {
      updates.record(said, effects);
    } else if (rewriteOf != null && isNew) {
      rewrites.add(rewriteOf, utterance, Lane.LIVE, now);
    } else if (utterance.rewriteOf() == null) {
      said.chat().waiting().add(said);
    }
  }

  private void saysWhatIsInABatch(
      SaidTurn said, Utterance utterance, String batchId, Instant now, Effects effects) {
    LedgerEntry entry = Objects.requireNonNull(ledger.get(batchId));
    Retraction retraction = retractions.find(batchId);
    if (retraction != null) {
      Retraction.Unsaid before = retraction.saidAgain(utterance.id());
      if (before != null && before.open() != null) {
        effects.close(before.open());
      }
      boolean going = retraction.confirmed() || inFlight.find(batchId) instanceof Task.Retract;
      if (retraction.unsaid().isEmpty() && !going && !retraction.requeued()) {
        retractions.remove(batchId);
        release(batchId, effects);
      }
    }
    LedgerTurn turn = ScopeLedger.turnOf(entry, utterance.id());
    // One that was said before it was gone is read again, and will be taken back again.
    boolean oldNews = turn != null && turn.gone() && said.offset() < turn.offset();
    if (inFlight.isBusy(batchId) || turn == null || oldNews) {
      return;
    }
    SaidTurn other = turn.gone() ? null : utterance.saidBy(turn.turnId());
    if (other == null || other == said) {
      updates.takeOver(entry, said, now, effects);
    } else {
      updates.record(said, effects);
    }
  }

  /** A turn is as it was, but for its place or whether it is worth a memory. */
  void saysTheSame(SaidTurn old, SaidTurn version, Utterance utterance, Effects effects) {
    WaitingTurns waiting = version.chat().waiting();
    boolean waited = waiting.contains(old);
    utterance.saidBy(version);
    version.chat().put(version);
    if (old.open()) {
      effects.close(old.offset());
    }
    boolean inBatch = utterance.batchId() != null;
    boolean waits = !inBatch && (version.worthAMemory() || utterance.rewriteOf() != null);
    boolean waitsByItself = waits && utterance.rewriteOf() == null;
    if (waitsByItself && waited) {
      waiting.replace(old, version);
    } else if (waitsByItself) {
      waiting.add(version);
    } else if (waited) {
      waiting.remove(old);
    }
    boolean asRecorded = !old.open() && Objects.equals(old.reason(), version.reason());
    boolean inBatchItself = !old.open() && inBatch && ledger.ofTurn(old.turnId()) == null;
    if (asRecorded || inBatchItself) {
      LedgerUpdates.closeIfOpen(version, effects);
    } else if (!waits && !(old.open() && inBatch)) {
      updates.record(version, effects);
    }
  }

  /**
   * A turn says something else from now on.
   *
   * @param offset of the event that says so
   * @return the batch that the new words are to be written again with; null if there is none
   */
  @Nullable String leaves(SaidTurn old, long offset, Instant now, Effects effects) {
    Utterance utterance = utterances.of(old);
    String rewriteOf = utterance.rewriteOf();
    unsay(old, utterance, effects);
    LedgerEntry entry = batchOf(utterance);
    if (entry == null) {
      leftUnwritten(old, utterance, old.offset(), now, effects);
      return utterance.isSaid() ? null : rewriteOf;
    }
    if (isSettled(entry, utterance, old, old.offset(), now, effects)) {
      return null;
    }
    // The new words may be gone before the old ones are taken back.
    effects.owe(offset);
    LedgerTurn gone = old.toLedger(entry.chatId()).goneAt(old.offset());
    retractions
        .of(entry.batchId(), now)
        .add(new Retraction.Unsaid(gone, old.chat().id(), false, offset, null), now);
    return entry.batchId();
  }

  /**
   * A turn is deleted.
   *
   * @param at offset of the event that says so
   * @param open offset of the event that has to be read again until this is recorded
   * @return whether that offset stays open
   */
  boolean deleted(
      SaidTurn old, long at, long open, boolean withWholeChat, Instant now, Effects effects) {
    Utterance utterance = utterances.of(old);
    unsay(old, utterance, effects);
    updates.removeEntryOf(old.turnId(), effects);
    int kept = retractions.keepOpen(old.turnId(), open);
    LedgerEntry entry = batchOf(utterance);
    if (entry == null) {
      leftUnwritten(old, utterance, at, now, effects);
    } else if (isToldLater(entry, utterance, old)) {
      inFlight.toldLater(entry.batchId(), open);
      kept++;
    } else if (!isSettled(entry, utterance, old, at, now, effects)) {
      LedgerTurn gone = old.toLedger(entry.chatId()).goneAt(at);
      retractions
          .of(entry.batchId(), now)
          .add(
              new Retraction.Unsaid(
                  gone, old.chat().id(), true, open, withWholeChat ? CHAT_DELETED : null),
              now);
      kept++;
    }
    for (int more = 1; more < kept; more++) {
      effects.owe(open);
    }
    return kept > 0;
  }

  /**
   * A turn is forgotten: what nobody else says is taken back whatever comes, and nobody is asked.
   */
  void forgotten(SaidTurn old, Instant now, Effects effects) {
    Utterance utterance = utterances.of(old);
    unsay(old, utterance, effects);
    updates.removeEntryOf(old.turnId(), effects);
    LedgerEntry entry = batchOf(utterance);
    if (entry == null) {
      leftUnwritten(old, utterance, old.offset(), now, effects);
    } else if (utterance.isSaid()) {
      isSettled(entry, utterance, old, old.offset(), now, effects);
    } else {
      takeBack(entry, old.toLedger(entry.chatId()).goneAt(old.offset()), now);
    }
  }

  /**
   * A turn that the log does not have is as if its chat had lost it by now. Nothing has to be read
   * again for that: the log says nothing of it, and who looks finds the turn again.
   *
   * @param isElsewhere whether the log has it in another scope; otherwise the log may be what lost
   *     it, and an operator has to decide
   */
  void lost(SaidTurn old, boolean isElsewhere, Instant now, Effects effects) {
    Utterance utterance = utterances.of(old);
    unsay(old, utterance, effects);
    updates.removeEntryOf(old.turnId(), effects);
    LedgerEntry entry = batchOf(utterance);
    if (entry == null) {
      leftUnwritten(old, utterance, old.offset(), now, effects);
    } else if (!isSettled(entry, utterance, old, old.offset(), now, effects)) {
      LedgerTurn gone = old.toLedger(entry.chatId()).goneAt(old.offset());
      retractions
          .of(entry.batchId(), now)
          .add(
              new Retraction.Unsaid(
                  gone, old.chat().id(), true, null, isElsewhere ? null : NOT_IN_THE_LOG),
              now);
    }
  }

  /** A batch is taken back whatever comes, because of what it has from a turn that is gone. */
  void takeBack(LedgerEntry entry, LedgerTurn gone, Instant now) {
    Retraction retraction = retractions.of(entry.batchId(), now);
    if (retraction.find(gone.utterance()) == null) {
      retraction.add(new Retraction.Unsaid(gone, entry.chatOf(gone), true, null, null), now);
    }
    retraction.confirm();
  }

  /** Whether a batch under way has what others say too from the turn. */
  private boolean isToldLater(LedgerEntry entry, Utterance utterance, SaidTurn old) {
    LedgerTurn turn = ScopeLedger.turnOf(entry, utterance.id());
    return utterance.isSaid()
        && inFlight.isBusy(entry.batchId())
        && turn != null
        && turn.turnId().equals(old.turnId());
  }

  private void unsay(SaidTurn old, Utterance utterance, Effects effects) {
    Chat chat = old.chat();
    chat.remove(old);
    chat.waiting().remove(old);
    utterance.notSaidBy(old.turnId());
    if (old.open()) {
      effects.close(old.offset());
    }
  }

  private @Nullable LedgerEntry batchOf(Utterance utterance) {
    String batchId = utterance.batchId();
    return batchId == null ? null : Objects.requireNonNull(ledger.get(batchId));
  }

  /** A turn leaves what is in no batch, but may be to be written again with a retracted one. */
  private void leftUnwritten(
      SaidTurn old, Utterance utterance, long at, Instant now, Effects effects) {
    String rewriteOf = utterance.rewriteOf();
    LedgerEntry retracted = rewriteOf == null ? null : ledger.get(Rewrites.batchOf(rewriteOf));
    if (retracted != null && retracted.fate() == Fate.RETRACTED) {
      LedgerTurn turn = ScopeLedger.turnOf(retracted, utterance.id());
      if (!utterance.isSaid()) {
        updates.markGone(retracted, old, at, now, effects);
      } else if (turn != null && turn.turnId().equals(old.turnId())) {
        updates.takeOver(retracted, utterance.turns().iterator().next(), now, effects);
      }
    }
    if (!utterance.isSaid()) {
      rewrites.take(utterance);
      utterances.dropIfUnused(utterance);
    }
  }

  /** Whether nothing is to be retracted although the turn left what is in the batch. */
  private boolean isSettled(
      LedgerEntry entry, Utterance utterance, SaidTurn old, long at, Instant now, Effects effects) {
    LedgerTurn turn = ScopeLedger.turnOf(entry, utterance.id());
    boolean busy = inFlight.isBusy(entry.batchId());
    if (utterance.isSaid()) {
      if (turn != null && turn.turnId().equals(old.turnId()) && !busy) {
        updates.takeOver(entry, utterance.turns().iterator().next(), now, effects);
      }
      return true;
    }
    if (busy) {
      return false;
    }
    if (turn != null && turn.gone()) {
      return true;
    }
    if (entry.fate() == Fate.HELD) {
      updates.markGone(entry, old, at, now, effects);
      return true;
    }
    return false;
  }

  /** A batch is not retracted after all: what was to be written again with it waits by itself. */
  void release(String batchId, Effects effects) {
    for (Utterance utterance : rewrites.release(batchId)) {
      for (SaidTurn said : utterance.turns()) {
        if (said.worthAMemory()) {
          said.chat().waiting().add(said);
        } else if (said.open()) {
          updates.record(said, effects);
        }
      }
    }
  }
}
