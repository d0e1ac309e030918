package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.identity.BatchIds;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** What is to be done next at mem0 for a scope; a chat's calls go one after the other. */
final class NextTask {
  private final Scope scope;
  private final BatchRules rules;
  private final Chats chats;
  private final Utterances utterances;
  private final ScopeLedger ledger;
  private final LedgerUpdates updates;
  private final Retractions retractions;
  private final Rewrites rewrites;
  private final InFlight inFlight;
  private final Entanglements entanglements;
  private final NextBatch nextBatch;

  NextTask(
      Scope scope,
      BatchRules rules,
      IntSupplier mostTokens,
      Chats chats,
      Utterances utterances,
      ScopeLedger ledger,
      LedgerUpdates updates,
      Retractions retractions,
      Rewrites rewrites,
      InFlight inFlight,
      Entanglements entanglements) {
    this.scope = scope;
    this.rules = rules;
    this.chats = chats;
    this.utterances = utterances;
    this.ledger = ledger;
    this.updates = updates;
    this.retractions = retractions;
    this.rewrites = rewrites;
    this.inFlight = inFlight;
    this.entanglements = entanglements;
    this.nextBatch = new NextBatch(rules, mostTokens, utterances);
  }

  /** Starts the next task; null if there is nothing to do yet. */
  @Nullable Task start(Lane lane, Instant now, boolean caughtUp) {
    Task next =
        switch (lane) {
          case LIVE -> live(now, caughtUp);
          case BACKLOG -> backlog(now, caughtUp);
        };
    if (next != null) {
      inFlight.start(next);
    }
    return next;
  }

  /** Whether a task of what is said now could be started if that of this batch were done. */
  boolean liveIsDue(String batchId, Instant now, boolean caughtUp) {
    Set<String> busy = inFlight.chatsBut(batchId);
    return retraction(Lane.LIVE, busy, now, caughtUp) != null
        || rewrite(Rewrites.Turn.LIVE, busy, now, caughtUp) != null
        || rewrite(Rewrites.Turn.LIVE_BEHIND, busy, now, caughtUp) != null
        || nextBatch.live(chats.otherThan(busy), now, caughtUp) != null;
  }

  private @Nullable Task live(Instant now, boolean caughtUp) {
    Task leftOver = inFlight.leftOver();
    if (leftOver != null) {
      return leftOver;
    }
    Set<String> busy = inFlight.chats();
    Task retraction = retraction(Lane.LIVE, busy, now, caughtUp);
    if (retraction != null) {
      return retraction;
    }
    List<SaidTurn> next = rewrite(Rewrites.Turn.LIVE, busy, now, caughtUp);
    if (next == null) {
      next = nextBatch.live(chats.otherThan(busy), now, caughtUp);
    }
    return write(
        next == null ? rewrite(Rewrites.Turn.LIVE_BEHIND, busy, now, caughtUp) : next, now);
  }

  private @Nullable Task backlog(Instant now, boolean caughtUp) {
    boolean readInFull =
        caughtUp && chats.all().stream().noneMatch(chat -> chat.isBeingRead(rules, now));
    if (!readInFull) {
      return null;
    }
    Task resumed = inFlight.resumed();
    if (resumed != null) {
      return resumed;
    }
    Set<String> busy = inFlight.chats();
    // What is taken back is written again before more is taken back.
    List<SaidTurn> replayed = rewrite(Rewrites.Turn.BACKLOG, busy, now, true);
    if (replayed != null) {
      return write(replayed, now);
    }
    Task retraction = retraction(Lane.BACKLOG, busy, now, true);
    return retraction == null
        ? write(nextBatch.backlog(chats.otherThan(busy), now), now)
        : retraction;
  }

  private @Nullable Task retraction(Lane lane, Set<String> busy, Instant now, boolean caughtUp) {
    List<String> due = retractions.due(now, caughtUp, inFlight.batches());
    for (String first : due) {
      if (Objects.requireNonNull(retractions.find(first)).lane() != lane) {
        continue;
      }
      String batchId = oldestOf(first, due);
      Retraction retraction = Objects.requireNonNull(retractions.find(batchId));
      LedgerEntry entry = Objects.requireNonNull(ledger.get(batchId));
      if (!busy.contains(entry.chatId())) {
        return new Task.Retract(
            entry.become(
                Fate.RETRACTED,
                reason(entry, retraction),
                updates.turnsNow(entry, retraction),
                now.toEpochMilli()),
            List.copyOf(ledger.entries()));
      }
    }
    return null;
  }

  /** What is written again goes in the order in which it is taken back. */
  private String oldestOf(String batchId, List<String> due) {
    Set<String> together = entanglements.takenAlong(batchId);
    if (together.isEmpty()) {
      return batchId;
    }
    Set<String> candidates = new HashSet<>(together);
    candidates.add(batchId);
    candidates.retainAll(due);
    return entanglements.oldest(candidates);
  }

  private @Nullable String reason(LedgerEntry entry, Retraction retraction) {
    if (entry.fate() == Fate.RETRACTING) {
      return entry.reason();
    }
    if (entry.fate() == Fate.HELD) {
      return "confirmed";
    }
    if (entry.inDoubt()) {
      return LedgerEntry.IN_DOUBT;
    }
    if (retraction.unsaid().isEmpty()) {
      boolean merged = entry.fate() == Fate.WRITTEN && entanglements.sharesMemories(entry);
      return merged ? "merged" : Task.Retract.REQUEUED;
    }
    return retraction.hasDeletions() ? "deleted" : "changed";
  }

  /**
   * What is to be written again with a batch that was retracted; of one chat at a time.
   *
   * @param turn of what has its turn then
   */
  private @Nullable List<SaidTurn> rewrite(
      Rewrites.Turn turn, Set<String> busy, Instant now, boolean caughtUp) {
    for (String batchId : rewrites.batches()) {
      if (rewrites.turn(batchId) != turn) {
        continue;
      }
      LedgerEntry old = ledger.get(batchId);
      boolean retracted = old == null || old.fate() == Fate.RETRACTED;
      List<SaidTurn> turns =
          retracted && !retractions.contains(batchId) ? rewrites.turns(batchId, old) : List.of();
      if (turns.isEmpty() || rewrites.tooEarly(batchId, now) || keepsWaiting(batchId)) {
        continue;
      }
      Chat chat = turns.get(0).chat();
      List<SaidTurn> ofChat = turns.stream().filter(said -> said.chat() == chat).toList();
      boolean isTime =
          Rewrites.wasRefused(batchId)
              ? nextBatch.areSettled(chat, ofChat, now)
              : nextBatch.rewrite(chat, ofChat, rewrites.since(batchId), now, caughtUp);
      if (!busy.contains(chat.id()) && isTime) {
        return ofChat;
      }
    }
    return null;
  }

  /** What mem0 had merged is written again when all of it is taken back, oldest first. */
  private boolean keepsWaiting(String batchId) {
    if (!entanglements.takenAlong(batchId).isEmpty()) {
      return true;
    }
    return entanglements.retractedWith(batchId).stream()
        .anyMatch(
            other ->
                rewrites.contains(other)
                    ? entanglements.oldest(Set.of(other, batchId)).equals(other)
                    : inFlight.writesAgain(other));
  }

  /** How often it was written before, in these words or in those that they replace. */
  private int generation(SaidTurn said) {
    int asSaid = ledger.generation(said.utterance());
    String rewriteOf = utterances.of(said).rewriteOf();
    LedgerEntry old = rewriteOf == null ? null : ledger.get(Rewrites.batchOf(rewriteOf));
    return old == null ? asSaid : Math.max(asSaid, old.generation() + 1);
  }

  private @Nullable Task write(@Nullable List<SaidTurn> turns, Instant now) {
    if (turns == null) {
      return null;
    }
    Chat chat = turns.get(0).chat();
    int generation = 0;
    List<LedgerTurn> ledgerTurns = new ArrayList<>(turns.size());
    List<String> turnsAndWords = new ArrayList<>(turns.size() * 2);
    for (SaidTurn said : turns) {
      generation = Math.max(generation, generation(said));
      ledgerTurns.add(said.toLedger(chat.id()));
      turnsAndWords.add(said.turnId());
      turnsAndWords.add(said.utterance());
    }
    String batchId = BatchIds.of(scope, chat.id(), generation, turnsAndWords);
    for (SaidTurn said : turns) {
      Utterance utterance = utterances.of(said);
      String rewriteOf = utterance.rewriteOf();
      if (rewriteOf != null) {
        inFlight.writes(batchId, Rewrites.batchOf(rewriteOf));
      }
      rewrites.take(utterance);
      utterance.inBatch(batchId);
      utterance.turns().forEach(turn -> turn.chat().waiting().remove(turn));
    }
    LedgerEntry intent =
        new LedgerEntry(
            batchId,
            generation,
            chat.id(),
            chat.info().chatFile(),
            scope,
            chat.info().groupMembers(),
            Fate.PENDING,
            null,
            ledgerTurns,
            List.of(),
            0,
            now.toEpochMilli());
    ledger.put(intent);
    return new Task.Write(intent);
  }
}
