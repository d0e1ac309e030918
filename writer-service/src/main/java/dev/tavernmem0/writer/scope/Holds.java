package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.common.ledger.Merge;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Retractions that no call to mem0 is made for: those of batches that hold no memory, and those
 * that wait for an operator's word because a chat lost so much at once, or because so much would
 * have to be written again. Not thread-safe.
 */
final class Holds {
  private static final Set<Fate> REQUEUED = Set.of(Fate.DEAD, Fate.EMPTY, Fate.WRITTEN);

  private final Chats chats;
  private final Utterances utterances;
  private final ScopeLedger ledger;
  private final LedgerUpdates updates;
  private final Retractions retractions;
  private final Rewrites rewrites;
  private final InFlight inFlight;
  private final TurnChanges changes;
  private final Entanglements entanglements;
  private final int mostTakenAlong;

  Holds(
      BatchRules rules,
      Chats chats,
      Utterances utterances,
      ScopeLedger ledger,
      LedgerUpdates updates,
      Retractions retractions,
      Rewrites rewrites,
      InFlight inFlight,
      TurnChanges changes,
      Entanglements entanglements) {
    this.mostTakenAlong = rules.mostEntangled();
    this.chats = chats;
    this.utterances = utterances;
    this.ledger = ledger;
    this.updates = updates;
    this.retractions = retractions;
    this.rewrites = rewrites;
    this.inFlight = inFlight;
    this.changes = changes;
    this.entanglements = entanglements;
  }

  /** Settles what is due by now. */
  void settle(Instant now, boolean caughtUp, Effects effects) {
    if (retractions.isEmpty()) {
      return;
    }
    List<String> due = retractions.due(now, caughtUp, inFlight.batches());
    Map<String, String> holds = retractions.holds(due, this::saysNothing);
    for (String batchId : due) {
      settle(
          Objects.requireNonNull(ledger.get(batchId)),
          Objects.requireNonNull(retractions.find(batchId)),
          holds,
          now,
          effects);
    }
  }

  private void settle(
      LedgerEntry entry,
      Retraction retraction,
      Map<String, String> holds,
      Instant now,
      Effects effects) {
    boolean holdsNothing =
        entry.fate() == Fate.EMPTY && entry.merges().stream().noneMatch(Merge::displaces);
    boolean isWanted = retraction.confirmed() || retraction.requeued();
    if (holdsNothing && !isWanted && !rewrites.contains(entry.batchId())) {
      // Nothing to delete, and what remains was not worth a memory either.
      become(entry.fate(), entry.reason(), entry, retraction, now, effects);
      return;
    }
    Set<String> along = entanglements.takenAlong(entry.batchId());
    String hold = retraction.confirmed() ? null : reason(retraction, holds, along);
    if (hold != null && (entry.fate() == Fate.WRITTEN || entry.fate() == Fate.EMPTY)) {
      become(Fate.HELD, hold, entry, retraction, now, effects);
      changes.release(entry.batchId(), effects);
    } else if (!along.isEmpty() || retraction.requeued()) {
      retraction.confirm();
      along.forEach(batchId -> retractions.of(batchId, now, retraction.lane()).confirm());
    }
  }

  private void become(
      Fate fate,
      @Nullable String reason,
      LedgerEntry entry,
      Retraction retraction,
      Instant now,
      Effects effects) {
    List<LedgerTurn> turns = updates.turnsNow(entry, retraction);
    updates.append(entry.become(fate, reason, turns, now.toEpochMilli()), effects);
    retraction.closeDeletions(effects);
    retractions.remove(entry.batchId());
  }

  private @Nullable String reason(
      Retraction retraction, Map<String, String> holds, Set<String> along) {
    return retraction.unsaid().stream()
        .filter(Retraction.Unsaid::deleted)
        .map(unsaid -> holds.get(unsaid.chatId()))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseGet(() -> entangled(along));
  }

  private @Nullable String entangled(Set<String> along) {
    if (along.size() >= mostTakenAlong) {
      return "mem0 merged it with " + along.size() + " other batches, which would be written again";
    }
    boolean withHeld =
        along.stream().anyMatch(id -> Objects.requireNonNull(ledger.get(id)).fate() == Fate.HELD);
    return withHeld ? "mem0 merged it with a batch that is on hold" : null;
  }

  private boolean saysNothing(String chatId) {
    Chat chat = chats.find(chatId);
    return chat == null
        || chat.turns().stream()
            .noneMatch(said -> said.worthAMemory() || utterances.of(said).batchId() != null);
  }

  /** Batches whose retraction waits for an operator. */
  List<LedgerEntry> batches() {
    if (ledger.held() == 0) {
      return List.of();
    }
    return ledger.entries().stream().filter(entry -> entry.fate() == Fate.HELD).toList();
  }

  private List<LedgerEntry> because(String chatId) {
    return batches().stream().filter(entry -> chatOf(entry).equals(chatId)).toList();
  }

  /** The chat that lost so much that the batch is on hold. */
  static String chatOf(LedgerEntry held) {
    return held.turns().stream()
        .filter(LedgerTurn::gone)
        .map(held::chatOf)
        .findFirst()
        .orElse(held.chatId());
  }

  /**
   * A batch is to be taken back and written again. As any other, it waits for an operator if too
   * many others would be written again with it, or one that is on hold.
   */
  void requeue(LedgerEntry entry, Lane lane, Instant now) {
    requeued(entry, lane, now).requeue();
  }

  /** As {@link #requeue}, but waits for nobody. */
  void rewrite(LedgerEntry entry, Lane lane, Instant now) {
    Retraction retraction = requeued(entry, lane, now);
    retraction.requeue();
    retraction.confirm();
    takenAlong(entry.batchId()).forEach(other -> retractions.of(other, now, lane).confirm());
  }

  Set<String> takenAlong(String batchId) {
    return entanglements.takenAlong(batchId);
  }

  private Retraction requeued(LedgerEntry entry, Lane lane, Instant now) {
    if (!REQUEUED.contains(entry.fate())) {
      throw new IllegalArgumentException(
          "batch " + entry.batchId() + " is " + entry.fate().json() + ", and cannot be requeued");
    }
    return retractions.of(entry.batchId(), now, lane);
  }

  /** The memories are to be deleted. */
  void confirm(String chatId, Instant now) {
    because(chatId).forEach(entry -> retractions.of(entry.batchId(), now).confirm());
  }

  /** The memories are kept, unless their deletion has begun. */
  void discard(String chatId, Instant now, Effects effects) {
    for (LedgerEntry entry : because(chatId)) {
      if (!inFlight.isBusy(entry.batchId())) {
        updates.append(
            entry.become(Fate.WRITTEN, "kept by an operator", entry.turns(), now.toEpochMilli()),
            effects);
      }
    }
  }
}
