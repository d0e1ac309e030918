package dev.tavernmem0.writer.batch;

import dev.tavernmem0.common.identity.BatchIds;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.writer.ledger.ChatLedger;
import dev.tavernmem0.writer.ledger.ChatLedger.Known;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is to be done for one chat, and in which order. Not thread-safe. */
final class ChatTasks {
  private final String chatId;
  private final BatchRules rules;
  private final ChatLedger ledger;
  private final PendingTurns pending;
  private final Map<String, Retraction> retractions = new LinkedHashMap<>();
  private final Deque<LedgerEntry> openIntents = new ArrayDeque<>();
  private final Deque<LedgerEntry> notStored = new ArrayDeque<>();

  private @Nullable Task inFlight;
  private Instant lastChange = Instant.MIN;
  private Instant lastArrival = Instant.MIN;

  ChatTasks(String chatId, BatchRules rules, ChatLedger ledger, PendingTurns pending) {
    this.chatId = chatId;
    this.rules = rules;
    this.ledger = ledger;
    this.pending = pending;
  }

  /** Takes up what the ledger shows as unfinished. */
  void resume(Instant now) {
    for (LedgerEntry entry : ledger.entries()) {
      if (entry.fate() == Fate.PENDING) {
        openIntents.add(entry);
      } else if (entry.fate() == Fate.RETRACTING) {
        retraction(entry.batchId(), now).confirm();
      } else if (entry.fate() == Fate.RETRACTED) {
        addSurvivors(entry, now);
      }
    }
  }

  private void addSurvivors(LedgerEntry retracted, Instant now) {
    for (LedgerTurn turn : ledger.owned(retracted)) {
      if (!turn.gone() && pending.get(turn.turnId()) == null) {
        pending.add(PendingTurn.survivor(turn, retracted.batchId(), now));
      }
    }
  }

  void sawEvent(Instant changedAt, Instant now) {
    lastArrival = now;
    if (changedAt.isAfter(lastChange)) {
      lastChange = changedAt;
    }
  }

  Retraction retraction(String batchId, Instant now) {
    return retractions.computeIfAbsent(batchId, id -> new Retraction(now));
  }

  /** Whether the batch's memories are being deleted, or will be whatever comes. */
  boolean retracting(String batchId) {
    Retraction retraction = retractions.get(batchId);
    return (inFlight instanceof Task.Retract retract && retract.entry().batchId().equals(batchId))
        || (retraction != null && retraction.confirmed());
  }

  /** The turn is in the chat again: forgets its deletion, and returns the offset of that. */
  @Nullable Long cameBack(String batchId, String turnId) {
    Retraction retraction = retractions.get(batchId);
    return retraction == null ? null : retraction.cameBack(turnId);
  }

  /** Drops the retraction of a batch if the chat says again what was written. */
  void cancelIfReverted(String batchId) {
    Retraction retraction = retractions.get(batchId);
    if (retraction != null
        && retraction.gone().isEmpty()
        && pending.ofBatch(batchId).isEmpty()
        && !retracting(batchId)) {
      retractions.remove(batchId);
    }
  }

  /** A batch is on hold no more; turns of it that changed meanwhile retract it. */
  void released(String batchId, Instant now) {
    if (!pending.ofBatch(batchId).isEmpty()) {
      retraction(batchId, now);
    }
  }

  List<Effect> tick(Instant now, boolean caughtUp) {
    if (retractions.isEmpty()) {
      return List.of();
    }
    List<Effect> effects = new ArrayList<>();
    List<String> due = due(now, caughtUp);
    String hold = holdReason(due);
    for (String batchId : due) {
      Retraction retraction = retractions.get(batchId);
      LedgerEntry entry = ledger.get(batchId);
      if (retraction == null || entry == null || retraction.gone().isEmpty()) {
        continue;
      }
      if (entry.fate() == Fate.EMPTY && pending.ofBatch(batchId).isEmpty()) {
        // Nothing to delete, and what remains was not worth a memory either.
        effects.add(settle(entry, retraction, entry.fate(), entry.reason(), now));
      } else if (entry.fate() == Fate.WRITTEN && hold != null && !retraction.confirmed()) {
        effects.add(settle(entry, retraction, Fate.HELD, hold, now));
      }
    }
    return effects;
  }

  /**
   * Batches to be retracted now. All of a chat become due together, so that how much one save
   * deleted is seen as a whole.
   */
  private List<String> due(Instant now, boolean caughtUp) {
    Instant last = Instant.MIN;
    Instant first = Instant.MAX;
    for (Retraction retraction : retractions.values()) {
      last = retraction.lastChange().isAfter(last) ? retraction.lastChange() : last;
      first = retraction.since().isBefore(first) ? retraction.since() : first;
    }
    boolean quiet = caughtUp && !last.isAfter(now.minus(rules.retractGrace()));
    boolean waitedLong = !first.isAfter(now.minus(rules.maxAge()));
    List<String> due = new ArrayList<>();
    retractions.forEach(
        (batchId, retraction) -> {
          LedgerEntry entry = ledger.get(batchId);
          boolean underWay =
              entry == null
                  || entry.fate() == Fate.PENDING
                  || (inFlight != null && inFlight.entry().batchId().equals(batchId));
          if (!underWay && (quiet || waitedLong || retraction.confirmed())) {
            due.add(batchId);
          }
        });
    return due;
  }

  /** Why the deletions that are due wait for an operator; null if they need not. */
  private @Nullable String holdReason(List<String> due) {
    int gone = 0;
    boolean chatDeleted = false;
    for (String batchId : due) {
      Retraction retraction = retractions.get(batchId);
      if (retraction != null && !retraction.confirmed()) {
        gone += retraction.gone().size();
        chatDeleted |= retraction.chatDeleted();
      }
    }
    if (chatDeleted) {
      return "chat deleted";
    }
    if (gone >= rules.holdTurns()) {
      return gone + " turns deleted at once";
    }
    return gone > 1 && nothingLeft() ? "all turns deleted" : null;
  }

  private boolean nothingLeft() {
    if (!pending.isEmpty()) {
      return false;
    }
    Set<String> gone = new HashSet<>();
    retractions.values().forEach(retraction -> gone.addAll(retraction.gone().keySet()));
    return ledger.entries().stream()
        .filter(entry -> entry.fate() != Fate.SKIPPED)
        .flatMap(entry -> ledger.owned(entry).stream())
        .allMatch(turn -> turn.gone() || gone.contains(turn.turnId()));
  }

  private Effect settle(
      LedgerEntry entry, Retraction retraction, Fate fate, @Nullable String reason, Instant now) {
    LedgerEntry settled =
        entry.become(fate, reason, currentTurns(entry, retraction, false), now.toEpochMilli());
    ledger.put(settled);
    retractions.remove(entry.batchId());
    return new Effect.Append(settled, List.copyOf(retraction.gone().values()));
  }

  /** The turns of a batch as they are now; with the versions that wait, if wanted. */
  private List<LedgerTurn> currentTurns(
      LedgerEntry entry, Retraction retraction, boolean withWaiting) {
    List<LedgerTurn> turns = new ArrayList<>();
    for (LedgerTurn turn : ledger.owned(entry)) {
      Long deletion = retraction.gone().get(turn.turnId());
      PendingTurn waiting = pending.get(turn.turnId());
      if (deletion != null) {
        turns.add(turn.goneAt(deletion));
      } else if (withWaiting && waiting != null) {
        turns.add(waiting.toLedger());
      } else {
        turns.add(turn);
      }
    }
    return turns;
  }

  @Nullable Task next(ChatInfo info, Instant now, boolean caughtUp) {
    if (inFlight != null) {
      return null;
    }
    Task next = null;
    LedgerEntry intent = openIntents.poll();
    if (intent != null) {
      next = new Task.Reconcile(intent);
    }
    LedgerEntry again = next == null ? notStored.poll() : null;
    if (again != null) {
      next = new Task.Write(again);
    }
    if (next == null) {
      next = nextRetraction(now, caughtUp);
    }
    if (next == null) {
      next = nextRewrite(info, now, caughtUp);
    }
    if (next == null) {
      next = nextFresh(info, now, caughtUp);
    }
    inFlight = next;
    return next;
  }

  private @Nullable Task nextRetraction(Instant now, boolean caughtUp) {
    for (String batchId : due(now, caughtUp)) {
      Retraction retraction = retractions.get(batchId);
      LedgerEntry entry = ledger.get(batchId);
      if (retraction == null || entry == null) {
        continue;
      }
      return new Task.Retract(
          entry.become(
              Fate.RETRACTED,
              reason(entry, retraction),
              currentTurns(entry, retraction, true),
              now.toEpochMilli()));
    }
    return null;
  }

  private static @Nullable String reason(LedgerEntry entry, Retraction retraction) {
    if (entry.fate() == Fate.RETRACTING) {
      return entry.reason();
    }
    if (retraction.gone().isEmpty()) {
      return "changed";
    }
    return retraction.confirmed() ? "confirmed" : "deleted";
  }

  private @Nullable Task nextRewrite(ChatInfo info, Instant now, boolean caughtUp) {
    boolean quiet = !lastArrival.isAfter(now.minus(rules.quiet())) && caughtUp;
    for (String batchId : pending.rewrittenBatches()) {
      LedgerEntry old = ledger.get(batchId);
      if (old == null || old.fate() != Fate.RETRACTED || retractions.containsKey(batchId)) {
        continue;
      }
      Map<String, PendingTurn> waiting = new LinkedHashMap<>();
      pending.ofBatch(batchId).forEach(turn -> waiting.put(turn.turnId(), turn));
      boolean settled =
          waiting.values().stream().allMatch(turn -> pending.settled(turn, rules.settle(), now));
      if (!settled || !(quiet || tooOld(waiting.values(), now))) {
        continue;
      }
      List<PendingTurn> inOrder = new ArrayList<>();
      for (LedgerTurn turn : old.turns()) {
        PendingTurn known = waiting.remove(turn.turnId());
        if (known != null) {
          inOrder.add(known);
        }
      }
      inOrder.addAll(waiting.values());
      return write(info, inOrder, now);
    }
    return null;
  }

  private boolean tooOld(Iterable<PendingTurn> turns, Instant now) {
    for (PendingTurn turn : turns) {
      if (!turn.since().isAfter(now.minus(rules.maxAge()))) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Task nextFresh(ChatInfo info, Instant now, boolean caughtUp) {
    List<PendingTurn> fresh = pending.fresh();
    int settled = 0;
    while (settled < fresh.size() && pending.settled(fresh.get(settled), rules.settle(), now)) {
      settled++;
    }
    if (settled == 0) {
      return null;
    }
    Batching.Trigger trigger = Batching.Trigger.FULL;
    if (tooOld(fresh.subList(0, settled), now)) {
      trigger = Batching.Trigger.AGE;
    } else if (caughtUp
        && !lastChange.isAfter(now.minus(rules.linger()))
        && !lastArrival.isAfter(now.minus(rules.quiet()))) {
      trigger = Batching.Trigger.IDLE;
    }
    int size = Batching.size(fresh, settled, trigger, rules);
    return size == 0 ? null : write(info, List.copyOf(fresh.subList(0, size)), now);
  }

  private Task write(ChatInfo info, List<PendingTurn> turns, Instant now) {
    int generation = 0;
    List<LedgerTurn> ledgerTurns = new ArrayList<>(turns.size());
    List<String> turnsAndHashes = new ArrayList<>(turns.size() * 2);
    for (PendingTurn turn : turns) {
      Known known = ledger.find(turn.turnId());
      if (known != null && known.entry().fate() == Fate.RETRACTED) {
        generation = Math.max(generation, known.entry().generation() + 1);
      }
      ledgerTurns.add(turn.toLedger());
      turnsAndHashes.add(turn.turnId());
      turnsAndHashes.add(turn.hash());
      pending.remove(turn.turnId());
    }
    LedgerEntry intent =
        new LedgerEntry(
            BatchIds.of(chatId, generation, turnsAndHashes),
            generation,
            chatId,
            info.chatFile(),
            info.scope(),
            info.groupMembers(),
            Fate.PENDING,
            null,
            ledgerTurns,
            List.of(),
            0,
            now.toEpochMilli());
    ledger.put(intent);
    return new Task.Write(intent);
  }

  List<Effect> completed(LedgerEntry recorded, Instant now) {
    Task done = inFlight;
    if (done == null || !done.entry().batchId().equals(recorded.batchId())) {
      throw new IllegalStateException("batch " + recorded.batchId() + " was not in flight");
    }
    inFlight = null;
    ledger.put(recorded);
    if (done instanceof Task.Retract) {
      return retracted(recorded, now);
    }
    return List.of(new Effect.Close(recorded.turns().stream().map(LedgerTurn::offset).toList()));
  }

  private List<Effect> retracted(LedgerEntry recorded, Instant now) {
    Retraction retraction = retractions.remove(recorded.batchId());
    Map<String, Long> gone = retraction == null ? Map.of() : retraction.gone();
    List<LedgerTurn> turns = new ArrayList<>();
    boolean goneMeanwhile = false;
    for (LedgerTurn turn : recorded.turns()) {
      Long deletion = gone.get(turn.turnId());
      boolean news = deletion != null && deletion > turn.offset();
      turns.add(deletion != null && news ? turn.goneAt(deletion) : turn);
      goneMeanwhile |= news;
    }
    List<Long> closes = List.copyOf(gone.values());
    Effect effect = new Effect.Close(closes);
    LedgerEntry current = recorded;
    if (goneMeanwhile) {
      current = recorded.become(Fate.RETRACTED, recorded.reason(), turns, now.toEpochMilli());
      ledger.put(current);
      effect = new Effect.Append(current, closes);
    }
    addSurvivors(current, now);
    return List.of(effect);
  }

  List<Effect> notStored(Instant now) {
    if (!(inFlight instanceof Task.Reconcile reconcile)) {
      throw new IllegalStateException("no reconciliation was in flight");
    }
    LedgerEntry intent = reconcile.entry();
    if (retractions.containsKey(intent.batchId())) {
      // The old version is not worth writing any more, and nothing is lost by retracting it.
      retraction(intent.batchId(), now).confirm();
      return completed(intent.outcome(Fate.WRITTEN, null, List.of(), 0, now.toEpochMilli()), now);
    }
    inFlight = null;
    notStored.add(intent);
    return List.of();
  }

  void confirmHold(Instant now) {
    for (LedgerEntry entry : ledger.entries()) {
      if (entry.fate() == Fate.HELD) {
        retraction(entry.batchId(), now).confirm();
      }
    }
  }

  List<Effect> discardHold(Instant now) {
    List<Effect> effects = new ArrayList<>();
    for (LedgerEntry entry : List.copyOf(ledger.entries())) {
      if (entry.fate() == Fate.HELD && !retracting(entry.batchId())) {
        LedgerEntry kept =
            entry.become(
                Fate.WRITTEN, "kept by an operator", ledger.owned(entry), now.toEpochMilli());
        ledger.put(kept);
        released(entry.batchId(), now);
        effects.add(new Effect.Append(kept, List.of()));
      }
    }
    return effects;
  }

  boolean active() {
    return inFlight != null
        || !retractions.isEmpty()
        || !openIntents.isEmpty()
        || !notStored.isEmpty();
  }
}
