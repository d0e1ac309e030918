package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.identity.BatchIds;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the ledger that need no call to mem0, in memory and as effects: which turn says what a
 * batch holds, and which turns are in no batch. Not thread-safe.
 */
final class LedgerUpdates {
  private final Scope scope;
  private final ScopeLedger ledger;
  private final Utterances utterances;

  LedgerUpdates(Scope scope, ScopeLedger ledger, Utterances utterances) {
    this.scope = scope;
    this.ledger = ledger;
    this.utterances = utterances;
  }

  /** The ledger says this of the entry's batch from now on. */
  void append(LedgerEntry entry, Effects effects) {
    ledger.put(entry);
    effects.append(entry);
  }

  void remove(LedgerEntry entry, Effects effects) {
    ledger.remove(entry.batchId());
    effects.forget(entry);
  }

  /** Says what a turn says that is in no batch itself. */
  void record(SaidTurn said, Effects effects) {
    Chat chat = said.chat();
    append(
        new LedgerEntry(
            BatchIds.ofTurn(said.turnId()),
            0,
            chat.id(),
            chat.info().chatFile(),
            scope,
            chat.info().groupMembers(),
            said.worthAMemory() ? Fate.SAID : Fate.SKIPPED,
            said.reason(),
            List.of(said.toLedger(chat.id())),
            List.of(),
            0,
            said.since().toEpochMilli()),
        effects);
    closeIfOpen(said, effects);
  }

  /** The turn is in a batch now, or no more. */
  void removeEntryOf(String turnId, Effects effects) {
    LedgerEntry entry = ledger.ofTurn(turnId);
    if (entry != null) {
      remove(entry, effects);
    }
  }

  /** The utterance of a turn is said no more. */
  void markGone(LedgerEntry entry, SaidTurn old, long at, Instant now, Effects effects) {
    LedgerTurn gone = old.toLedger(entry.chatId()).goneAt(at);
    List<LedgerTurn> turns = replaced(entry, old.utterance(), gone);
    if (!turns.equals(entry.turns())) {
      append(entry.become(entry.fate(), entry.reason(), turns, now.toEpochMilli()), effects);
    }
  }

  /** The batch has an utterance from this turn from now on; no hold remains without one gone. */
  void takeOver(LedgerEntry entry, SaidTurn said, Instant now, Effects effects) {
    List<LedgerTurn> turns = replaced(entry, said.utterance(), said.toLedger(entry.chatId()));
    boolean released = entry.fate() == Fate.HELD && turns.stream().noneMatch(LedgerTurn::gone);
    append(
        entry.become(
            released ? Fate.WRITTEN : entry.fate(),
            released ? null : entry.reason(),
            turns,
            now.toEpochMilli()),
        effects);
    removeEntryOf(said.turnId(), effects);
    closeIfOpen(said, effects);
  }

  /** What was to be written again with a retracted batch is in another one by now. */
  void supersede(LedgerEntry retracted, Set<String> inOthers, Effects effects) {
    List<LedgerTurn> left =
        retracted.turns().stream()
            .filter(turn -> turn.gone() || !inOthers.contains(turn.utterance()))
            .toList();
    if (left.isEmpty()) {
      remove(retracted, effects);
    } else if (left.size() < retracted.turns().size()) {
      append(retracted.become(Fate.RETRACTED, retracted.reason(), left, retracted.tsMs()), effects);
    }
  }

  /** The utterances of a batch with the turns that say them now. */
  List<LedgerTurn> turnsNow(LedgerEntry entry, @Nullable Retraction retraction) {
    List<LedgerTurn> turns = new ArrayList<>();
    for (LedgerTurn turn : entry.turns()) {
      Utterance utterance = utterances.find(turn.utterance());
      SaidTurn said = utterance == null ? null : utterance.saidPreferablyBy(turn.turnId());
      Retraction.Unsaid unsaid = retraction == null ? null : retraction.find(turn.utterance());
      if (said != null) {
        turns.add(said.toLedger(entry.chatId()));
      } else if (turn.gone()) {
        turns.add(turn);
      } else if (unsaid != null) {
        turns.add(unsaid.gone());
      } else {
        // A turn that lives on with other words is gone as of its old ones: what came later is
        // news.
        turns.add(turn.goneAt(turn.offset()));
      }
    }
    return turns;
  }

  /** The turn is in the ledger, so that its event need not be read again. */
  static void closeIfOpen(SaidTurn said, Effects effects) {
    if (said.open()) {
      effects.close(said.offset());
      said.recorded();
    }
  }

  private static List<LedgerTurn> replaced(LedgerEntry entry, String utterance, LedgerTurn by) {
    return entry.turns().stream()
        .map(turn -> turn.utterance().equals(utterance) ? by : turn)
        .toList();
  }
}
