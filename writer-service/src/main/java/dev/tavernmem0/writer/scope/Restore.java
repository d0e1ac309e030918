package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Builds a scope's state from the ledger of an earlier life, and resumes what it left undone. */
final class Restore {
  private final Chats chats;
  private final Utterances utterances;
  private final ScopeLedger ledger;
  private final LedgerUpdates updates;
  private final Retractions retractions;
  private final Rewrites rewrites;
  private final InFlight inFlight;
  private final Fold fold;
  private final Entanglements entanglements;

  Restore(
      Chats chats,
      Utterances utterances,
      ScopeLedger ledger,
      LedgerUpdates updates,
      Retractions retractions,
      Rewrites rewrites,
      InFlight inFlight,
      Fold fold,
      Entanglements entanglements) {
    this.chats = chats;
    this.utterances = utterances;
    this.ledger = ledger;
    this.updates = updates;
    this.retractions = retractions;
    this.rewrites = rewrites;
    this.inFlight = inFlight;
    this.fold = fold;
    this.entanglements = entanglements;
  }

  /** All entries are in the ledger, and no event was folded yet. */
  void fromLedger(Instant now, Effects effects) {
    turnsSayWhatTheLatestEntryNames(now);
    List<LedgerEntry> entries = List.copyOf(ledger.entries());
    for (LedgerEntry entry : entries) {
      if (ScopeLedger.isLive(entry)) {
        entry.turns().forEach(turn -> utterances.named(turn.utterance()).inBatch(entry.batchId()));
      }
    }
    for (LedgerEntry entry : entries) {
      resume(entry, now, effects);
    }
    entries.forEach(entry -> removeEntriesOfItsTurns(entry, effects));
    for (Chat chat : chats.all()) {
      for (SaidTurn said : chat.turns()) {
        Utterance utterance = utterances.of(said);
        if (said.worthAMemory() && utterance.batchId() == null && utterance.rewriteOf() == null) {
          chat.waiting().add(said);
        }
      }
    }
  }

  private record Named(LedgerTurn turn, LedgerEntry by) {
    boolean isNewerThan(Named other) {
      return turn.offset() > other.turn.offset()
          || (turn.offset() == other.turn.offset() && (turn.gone() || ScopeLedger.isLive(by)));
    }
  }

  private void turnsSayWhatTheLatestEntryNames(Instant now) {
    Map<String, Named> latest = new LinkedHashMap<>();
    for (LedgerEntry entry : ledger.entries()) {
      chats.of(entry.chatId(), ChatInfo.of(entry));
      for (LedgerTurn turn : entry.turns()) {
        latest.merge(
            turn.turnId(),
            new Named(turn, entry),
            (known, named) -> named.isNewerThan(known) ? named : known);
        if (turn.gone()) {
          fold.wasGone(turn.turnId(), turn.offset());
        }
      }
    }
    for (Named named : latest.values()) {
      LedgerEntry by = named.by();
      if (!named.turn().gone()) {
        Chat chat = chats.of(by.chatOf(named.turn()), ChatInfo.of(by));
        String reason = by.fate() == Fate.SKIPPED ? String.valueOf(by.reason()) : null;
        SaidTurn said = SaidTurn.restored(named.turn(), chat, reason, now);
        chat.put(said);
        utterances.named(said.utterance()).saidBy(said);
      }
    }
  }

  private void resume(LedgerEntry entry, Instant now, Effects effects) {
    switch (entry.fate()) {
      case PENDING -> inFlight.found(entry);
      case RETRACTING -> retractions.of(entry.batchId(), now).confirm();
      case RETRACTED -> resumeRewrite(entry, now, effects);
      case WRITTEN, EMPTY, HELD, DEAD, UNKNOWN, SKIPPED, SAID, FORGOTTEN -> {}
    }
    if (ScopeLedger.isLive(entry)) {
      resumeRetraction(entry, now);
    }
    if (entry.inDoubt()) {
      retractions.of(entry.batchId(), now).confirm();
    }
    if (entry.fate() == Fate.RETRACTING || entry.fate() == Fate.RETRACTED) {
      entanglements
          .takenAlong(entry.batchId())
          .forEach(batchId -> retractions.of(batchId, now).confirm());
    }
  }

  /** The writer died between the batch's outcome and what follows from it. */
  private void removeEntriesOfItsTurns(LedgerEntry batch, Effects effects) {
    if (!ScopeLedger.isLive(batch) || batch.fate() == Fate.PENDING) {
      return;
    }
    for (LedgerTurn turn : batch.turns()) {
      if (utterances.named(turn.utterance()).saidBy(turn.turnId()) != null) {
        updates.removeEntryOf(turn.turnId(), effects);
      }
    }
  }

  private void resumeRewrite(LedgerEntry retracted, Instant now, Effects effects) {
    Set<String> inOthers = new HashSet<>();
    for (LedgerTurn turn : retracted.turns()) {
      Utterance utterance = utterances.named(turn.utterance());
      if (!turn.gone() && utterance.batchId() != null) {
        inOthers.add(turn.utterance());
      } else if (!turn.gone() && utterance.isSaid()) {
        rewrites.add(retracted.batchId(), utterance, Lane.LIVE, now);
      } else {
        utterances.dropIfUnused(utterance);
      }
    }
    updates.supersede(retracted, inOthers, effects);
  }

  /** A turn says something else by now, which was recorded before the batch was mended. */
  private void resumeRetraction(LedgerEntry entry, Instant now) {
    for (LedgerTurn turn : entry.turns()) {
      if (!turn.gone() && !utterances.named(turn.utterance()).isSaid()) {
        retractions
            .of(entry.batchId(), now)
            .add(
                new Retraction.Unsaid(
                    turn.goneAt(turn.offset()), entry.chatOf(turn), false, null, null),
                now);
      }
    }
  }
}
