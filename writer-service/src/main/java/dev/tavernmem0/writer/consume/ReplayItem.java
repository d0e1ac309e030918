package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.writer.log.LoggedVersion;
import dev.tavernmem0.writer.scope.ScopeState;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a replay has written at a time. */
sealed interface ReplayItem {
  /** Its scope. */
  ScopeState scope();

  /** How many turns it has. */
  int turns();

  /** Whether nothing of it waits any more, or is under way. */
  boolean isDone();

  /** How many of its turns have a fate by now. */
  int turnsOf(Fate fate);

  /** A batch that is taken back and written again; the entry is as it was when it was selected. */
  record Rewritten(ScopeState scope, LedgerEntry entry) implements ReplayItem {
    private static final Set<Fate> POSSIBLE = Set.of(Fate.WRITTEN, Fate.EMPTY, Fate.DEAD);

    /** The batch as it is now, if it is still to be taken back. */
    Optional<LedgerEntry> toBeTakenBack() {
      return scope
          .batch(entry.batchId())
          .filter(now -> POSSIBLE.contains(now.fate()) && !scope.isBusy(now.batchId()));
    }

    /** The batches that its turns are in now. */
    Set<String> batchesNow() {
      Set<String> batches = new HashSet<>();
      for (LedgerTurn turn : entry.turns()) {
        String batchId = scope.fate(entry, turn).batchId();
        if (batchId != null) {
          batches.add(batchId);
        }
      }
      return batches;
    }

    @Override
    public int turns() {
      return (int) entry.turns().stream().filter(turn -> !turn.gone()).count();
    }

    @Override
    public boolean isDone() {
      return !scope.isBusy(entry.batchId()) && turnsOf(Fate.PENDING) == 0;
    }

    @Override
    public int turnsOf(Fate fate) {
      int count = 0;
      for (LedgerTurn turn : entry.turns()) {
        if (!turn.gone() && scope.fate(entry, turn).fate() == fate) {
          count++;
        }
      }
      return count;
    }
  }

  /** Turns of a chat that the ledger does not know, and that are written as any others. */
  record Missed(ScopeState scope, List<LoggedVersion> versions) implements ReplayItem {
    @Override
    public int turns() {
      return versions.size();
    }

    @Override
    public boolean isDone() {
      return turnsOf(Fate.PENDING) == 0;
    }

    @Override
    public int turnsOf(Fate fate) {
      return (int)
          versions.stream()
              .flatMap(version -> scope.fate(version.chatId(), version.turnId()).stream())
              .filter(now -> now.fate() == fate)
              .count();
    }

    /** As they are read back. */
    List<LedgerTurn> toRead() {
      return versions.stream()
          .map(
              version ->
                  new LedgerTurn(
                      version.turnId(),
                      version.chatId(),
                      version.turnId(),
                      version.hash(),
                      version.offset(),
                      false))
          .toList();
    }
  }
}
