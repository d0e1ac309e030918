package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.BatchIds;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.identity.UtteranceKeys;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A scope as the writer sees it: the events of all its chats are folded into it, and it says what
 * is to be done so that mem0 holds what the chats say.
 *
 * <p>Folding is state-based: what counts is the turn after the event, so an event that changes
 * nothing (a redelivered one, above all) asks for nothing. The ledger tells which events are old
 * news: those not behind the version that it has of their turn. Together with the ledger, the
 * events that are not closed yet give the same state again after a restart.
 *
 * <p>An utterance is written once, with the first of the turns that say it, and is taken back when
 * the last of them is gone. Not thread-safe.
 */
public final class ScopeState {
  private final Scope scope;
  private final BatchRules rules;
  private final Eligibility eligibility;
  private final ScopeLedger ledger = new ScopeLedger();
  private final Map<String, Chat> chats = new LinkedHashMap<>();
  private final Map<String, Long> goneAt = new HashMap<>();
  private final Utterances utterances = new Utterances();
  private final Map<String, Set<Utterance>> rewrites = new LinkedHashMap<>();
  private final Retractions retractions;
  private final NextBatch nextBatch;
  private final Deque<LedgerEntry> openIntents = new ArrayDeque<>();
  private final Deque<LedgerEntry> notStored = new ArrayDeque<>();

  private final Map<String, Task> inFlight = new LinkedHashMap<>();

  private Instant lastBacklog = Instant.MIN;

  public ScopeState(Scope scope, BatchRules rules, Eligibility eligibility) {
    this.scope = scope;
    this.rules = rules;
    this.eligibility = eligibility;
    this.retractions = new Retractions(rules, ledger);
    this.nextBatch = new NextBatch(rules, utterances);
  }

  // --- The ledger, read back ---------------------------------------------------------------------

  /** Applies an entry read back from the ledger's topic; all of them, before the first event. */
  public void restore(LedgerEntry entry) {
    ledger.remove(entry.batchId());
    ledger.put(entry);
  }

  /** Applies a removal read back from the ledger's topic. */
  public void restoreRemoval(String batchId) {
    ledger.remove(batchId);
  }

  /**
   * Ends the restore: what an earlier life left unfinished is to be done again.
   *
   * @return what that life did not come to record
   */
  public List<Effect> restored(Instant now) {
    Map<String, LedgerTurn> latest = new LinkedHashMap<>();
    Map<String, LedgerEntry> namedBy = new HashMap<>();
    for (LedgerEntry entry : ledger.entries()) {
      chat(entry.chatId(), ChatInfo.of(entry));
      for (LedgerTurn turn : entry.turns()) {
        LedgerTurn known = latest.get(turn.turnId());
        boolean newer =
            known == null
                || turn.offset() > known.offset()
                || (turn.offset() == known.offset() && (turn.gone() || ScopeLedger.isLive(entry)));
        if (newer) {
          latest.put(turn.turnId(), turn);
          namedBy.put(turn.turnId(), entry);
        }
        if (turn.gone()) {
          goneAt.merge(turn.turnId(), turn.offset(), Math::max);
        }
      }
    }
    latest.forEach(
        (turnId, turn) -> {
          LedgerEntry entry = Objects.requireNonNull(namedBy.get(turnId));
          if (!turn.gone()) {
            Chat chat = chat(entry.chatOf(turn), ChatInfo.of(entry));
            String reason = entry.fate() == Fate.SKIPPED ? String.valueOf(entry.reason()) : null;
            SaidTurn said = SaidTurn.restored(turn, chat, reason, now);
            chat.put(said);
            utterances.named(turn.utterance()).saidBy(said);
          }
        });
    Effects effects = new Effects();
    for (LedgerEntry entry : List.copyOf(ledger.entries())) {
      if (ScopeLedger.isLive(entry)) {
        entry.turns().forEach(turn -> utterances.named(turn.utterance()).inBatch(entry.batchId()));
      }
    }
    for (LedgerEntry entry : List.copyOf(ledger.entries())) {
      resume(entry, now, effects);
    }
    for (Chat chat : chats.values()) {
      for (SaidTurn said : chat.turns()) {
        Utterance utterance = utterance(said);
        if (said.worthAMemory() && utterance.batchId() == null && utterance.rewriteOf() == null) {
          chat.waiting().add(said);
        }
      }
    }
    return effects.list();
  }

  private void resume(LedgerEntry entry, Instant now, Effects effects) {
    switch (entry.fate()) {
      case PENDING -> openIntents.add(entry);
      case RETRACTING -> retractions.of(entry.batchId(), now).confirm();
      case RETRACTED -> {
        Set<String> live = new LinkedHashSet<>();
        for (LedgerTurn turn : entry.turns()) {
          Utterance utterance = utterances.named(turn.utterance());
          if (turn.gone()) {
            utterances.dropIfUnused(utterance);
          } else if (utterance.batchId() != null) {
            live.add(turn.utterance());
          } else if (utterance.isSaid()) {
            rewriteWith(entry.batchId(), utterance);
          } else {
            utterances.dropIfUnused(utterance);
          }
        }
        supersede(entry, live, effects);
      }
      case WRITTEN, EMPTY, HELD, DEAD, UNKNOWN, SKIPPED, SAID -> {}
    }
    if (ScopeLedger.isLive(entry)) {
      for (LedgerTurn turn : entry.turns()) {
        Utterance utterance = utterances.named(turn.utterance());
        if (!turn.gone() && !utterance.isSaid()) {
          // The turn says something else by now, which was recorded before this batch was mended.
          retractions
              .of(entry.batchId(), now)
              .add(
                  new Retraction.Unsaid(
                      turn.goneAt(turn.offset()), entry.chatOf(turn), false, null, false),
                  now);
        }
      }
    }
  }

  // --- Events
  // --------------------------------------------------------------------------------------

  /**
   * Folds an event.
   *
   * @param offset the event's place in the log; counts up from event to event
   * @return what is to be made durable; the event's offset stays open if none of it closes it
   */
  public List<Effect> fold(TurnEvent event, long offset, Instant now) {
    Effects effects = new Effects();
    if (event.op() == Op.UNKNOWN) {
      effects.close(offset);
      return effects.list();
    }
    Chat chat = chat(event.source().chatId(), ChatInfo.of(event.source()));
    chat.saw(event, now);
    if (event.op() == Op.READ) {
      lastBacklog = now;
    }
    Chat.SnapshotRead complete = chat.readSnapshot(event, offset, effects);
    String turnId = event.turnId();
    if (turnId == null) {
      effects.close(offset);
    } else {
      fold(chat, turnId, event, offset, now, effects);
    }
    if (complete != null) {
      dropUnnamed(chat, complete, offset, now, effects);
      effects.close(complete.first());
    }
    return effects.list();
  }

  private void fold(
      Chat chat, String turnId, TurnEvent event, long offset, Instant now, Effects effects) {
    SaidTurn old = chat.turn(turnId);
    long known = Math.max(old == null ? -1 : old.offset(), goneAt.getOrDefault(turnId, -1L));
    if (offset <= known) {
      effects.close(offset);
      return;
    }
    Turn turn = event.after();
    if (event.op() == Op.DELETE || turn == null) {
      if (old == null) {
        effects.close(offset);
      } else {
        boolean withWholeChat = event.source().cause() == Cause.CHAT_DELETED;
        if (!deleted(old, offset, offset, withWholeChat, now, effects)) {
          effects.close(offset);
        }
      }
      return;
    }
    String key = UtteranceKeys.of(turn);
    Utterance said = old == null ? null : utterance(old);
    Utterance utterance =
        said != null && said.key().equals(key) ? said : utterances.saidIn(chat, turnId, key);
    Eligibility.Text text = eligibility.of(turn);
    boolean sameWords = said == utterance;
    SaidTurn version =
        new SaidTurn(
            turnId,
            chat,
            utterance.id(),
            turn.hash(),
            offset,
            text.skipReason(),
            turn.position(),
            turn.role(),
            text.tokens(),
            sameWords && old != null ? old.changedAt() : Chat.changedAt(event, now),
            old == null ? now : old.since(),
            old == null ? event.op() == Op.READ : old.backlog() && event.op() == Op.READ,
            true);
    if (old != null && sameWords) {
      saysTheSame(old, version, utterance, effects);
      return;
    }
    String rewriteOf = old == null ? retractedWith(turnId) : null;
    if (old != null) {
      boolean inPlace = chat.waiting().contains(old);
      rewriteOf = leaves(old, offset, now, effects);
      if (inPlace) {
        version.moveTo(old.position());
      }
    }
    says(version, utterance, rewriteOf, now, effects);
  }

  /** The batch that waits to be written again and held this turn; null if there is none. */
  private @Nullable String retractedWith(String turnId) {
    for (LedgerEntry entry : ledger.retracted()) {
      boolean held = entry.turns().stream().anyMatch(turn -> turn.turnId().equals(turnId));
      if (held && rewrites.containsKey(entry.batchId())) {
        return entry.batchId();
      }
    }
    return null;
  }

  /** A turn is as it was, but for its place or whether it is hidden. */
  private void saysTheSame(SaidTurn old, SaidTurn version, Utterance utterance, Effects effects) {
    Chat chat = version.chat();
    boolean waited = chat.waiting().contains(old);
    utterance.saidBy(version);
    chat.put(version);
    if (old.open()) {
      effects.close(old.offset());
    }
    boolean waits =
        utterance.batchId() == null && (version.worthAMemory() || utterance.rewriteOf() != null);
    if (waits && utterance.rewriteOf() == null) {
      if (waited) {
        chat.waiting().replace(old, version);
      } else {
        chat.waiting().add(version);
      }
    } else if (waited) {
      chat.waiting().remove(old);
    }
    boolean asRecorded = !old.open() && Objects.equals(old.reason(), version.reason());
    boolean inBatchItself =
        !old.open() && utterance.batchId() != null && ledger.ofTurn(old.turnId()) == null;
    if (asRecorded || inBatchItself) {
      version.recorded();
      effects.close(version.offset());
    } else if (!waits && !(old.open() && utterance.batchId() != null)) {
      record(version, effects);
    }
  }

  /** Has the ledger say what a turn says that is in no batch itself. */
  private void record(SaidTurn said, Effects effects) {
    effects.append(keep(entryOf(said)));
    if (said.open()) {
      effects.close(said.offset());
      said.recorded();
    }
  }

  private LedgerEntry entryOf(SaidTurn said) {
    Chat chat = said.chat();
    return new LedgerEntry(
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
        said.since().toEpochMilli());
  }

  private LedgerEntry keep(LedgerEntry entry) {
    ledger.put(entry);
    return entry;
  }

  /**
   * A turn is deleted.
   *
   * @param open offset of the event that has to be read again until this is recorded
   * @return whether that offset stays open
   */
  private boolean deleted(
      SaidTurn old, long at, long open, boolean withWholeChat, Instant now, Effects effects) {
    Utterance utterance = utterance(old);
    String batchId = utterance.batchId();
    String rewriteOf = utterance.rewriteOf();
    unsay(old, utterance, effects);
    forgetEntryOf(old.turnId(), effects);
    if (batchId == null) {
      LedgerEntry retracted = rewriteOf == null ? null : ledger.get(rewriteOf);
      if (retracted != null && retracted.fate() == Fate.RETRACTED) {
        leftRetracted(retracted, utterance, old, at, now, effects);
      }
      dropIfUnused(utterance);
      return false;
    }
    LedgerEntry entry = Objects.requireNonNull(ledger.get(batchId));
    if (utterance.isSaid()) {
      handOver(entry, utterance, old.turnId(), now, effects);
      return false;
    }
    if (isGone(entry, utterance) && !busy(batchId)) {
      return false;
    }
    if (entry.fate() == Fate.HELD && !busy(batchId)) {
      markGone(entry, old, at, now, effects);
      return false;
    }
    retractions
        .of(batchId, now)
        .add(
            new Retraction.Unsaid(
                old.toLedger(entry.chatId()).goneAt(at),
                old.chat().id(),
                true,
                open,
                withWholeChat),
            now);
    return true;
  }

  /**
   * A turn says something else from now on.
   *
   * @return the batch that the new words are to be written again with; null if there is none
   */
  private @Nullable String leaves(SaidTurn old, long offset, Instant now, Effects effects) {
    Utterance utterance = utterance(old);
    String batchId = utterance.batchId();
    String rewriteOf = utterance.rewriteOf();
    unsay(old, utterance, effects);
    if (batchId == null) {
      LedgerEntry retracted = rewriteOf == null ? null : ledger.get(rewriteOf);
      if (retracted != null && retracted.fate() == Fate.RETRACTED) {
        leftRetracted(retracted, utterance, old, old.offset(), now, effects);
      }
      boolean alone = !utterance.isSaid();
      dropIfUnused(utterance);
      return alone ? rewriteOf : null;
    }
    LedgerEntry entry = Objects.requireNonNull(ledger.get(batchId));
    if (utterance.isSaid()) {
      handOver(entry, utterance, old.turnId(), now, effects);
      return null;
    }
    if (isGone(entry, utterance) && !busy(batchId)) {
      return null;
    }
    if (entry.fate() == Fate.HELD && !busy(batchId)) {
      markGone(entry, old, old.offset(), now, effects);
      return null;
    }
    // The new words may be gone before the old ones are taken back.
    effects.owe(offset);
    retractions
        .of(batchId, now)
        .add(
            new Retraction.Unsaid(
                old.toLedger(entry.chatId()).goneAt(old.offset()),
                old.chat().id(),
                false,
                offset,
                false),
            now);
    return batchId;
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

  private void dropIfUnused(Utterance utterance) {
    String rewriteOf = utterance.rewriteOf();
    if (!utterance.isSaid() && rewriteOf != null) {
      takeFromRewrites(rewriteOf, utterance);
    }
    utterances.dropIfUnused(utterance);
  }

  private void takeFromRewrites(String batchId, Utterance utterance) {
    utterance.rewriteWith(null);
    Set<Utterance> group = rewrites.get(batchId);
    if (group != null) {
      group.remove(utterance);
      if (group.isEmpty()) {
        rewrites.remove(batchId);
      }
    }
  }

  private void rewriteWith(String batchId, Utterance utterance) {
    utterance.rewriteWith(batchId);
    rewrites.computeIfAbsent(batchId, id -> new LinkedHashSet<>()).add(utterance);
  }

  private void forgetEntryOf(String turnId, Effects effects) {
    LedgerEntry entry = ledger.ofTurn(turnId);
    if (entry != null) {
      ledger.remove(entry.batchId());
      effects.forget(entry);
    }
  }

  private static boolean isGone(LedgerEntry entry, Utterance utterance) {
    LedgerTurn turn = ScopeLedger.turnOf(entry, utterance.id());
    return turn != null && turn.gone();
  }

  /** Has the ledger say that the utterance of a turn is said no more. */
  private void markGone(LedgerEntry entry, SaidTurn old, long at, Instant now, Effects effects) {
    List<LedgerTurn> turns = new ArrayList<>();
    for (LedgerTurn turn : entry.turns()) {
      turns.add(
          turn.utterance().equals(old.utterance())
              ? old.toLedger(entry.chatId()).goneAt(at)
              : turn);
    }
    if (!turns.equals(entry.turns())) {
      effects.append(keep(entry.become(entry.fate(), entry.reason(), turns, now.toEpochMilli())));
    }
  }

  /** A turn says no more what is to be written again with a batch that was retracted. */
  private void leftRetracted(
      LedgerEntry retracted,
      Utterance utterance,
      SaidTurn old,
      long at,
      Instant now,
      Effects effects) {
    LedgerTurn turn = ScopeLedger.turnOf(retracted, utterance.id());
    if (!utterance.isSaid()) {
      markGone(retracted, old, at, now, effects);
    } else if (turn != null && turn.turnId().equals(old.turnId())) {
      takeOver(retracted, utterance, utterance.turns().iterator().next(), now, effects);
    }
  }

  /** The turn that a batch has an utterance from says it no more, but others do. */
  private void handOver(
      LedgerEntry entry, Utterance utterance, String turnId, Instant now, Effects effects) {
    LedgerTurn turn = ScopeLedger.turnOf(entry, utterance.id());
    if (turn != null && turn.turnId().equals(turnId) && !busy(entry.batchId())) {
      takeOver(entry, utterance, utterance.turns().iterator().next(), now, effects);
    }
  }

  /** The batch has the utterance from this turn from now on; no hold remains without one gone. */
  private void takeOver(
      LedgerEntry entry, Utterance utterance, SaidTurn said, Instant now, Effects effects) {
    List<LedgerTurn> turns = new ArrayList<>();
    for (LedgerTurn turn : entry.turns()) {
      turns.add(turn.utterance().equals(utterance.id()) ? said.toLedger(entry.chatId()) : turn);
    }
    boolean released = entry.fate() == Fate.HELD && turns.stream().noneMatch(LedgerTurn::gone);
    effects.append(
        keep(
            entry.become(
                released ? Fate.WRITTEN : entry.fate(),
                released ? null : entry.reason(),
                turns,
                now.toEpochMilli())));
    forgetEntryOf(said.turnId(), effects);
    if (said.open()) {
      effects.close(said.offset());
      said.recorded();
    }
  }

  /** Whether calls for the batch are under way, or will be whatever comes. */
  private boolean busy(String batchId) {
    return inFlight.containsKey(batchId)
        || retractions.confirmed(batchId)
        || openIntents.stream().anyMatch(intent -> intent.batchId().equals(batchId))
        || notStored.stream().anyMatch(intent -> intent.batchId().equals(batchId));
  }

  /** A turn says this from now on. */
  private void says(
      SaidTurn said,
      Utterance utterance,
      @Nullable String rewriteOf,
      Instant now,
      Effects effects) {
    boolean isNew = !utterance.isSaid();
    utterance.saidBy(said);
    said.chat().put(said);
    String batchId = utterance.batchId();
    if (batchId == null) {
      if (!said.worthAMemory()) {
        record(said, effects);
      } else if (rewriteOf != null && isNew) {
        rewriteWith(rewriteOf, utterance);
      } else if (utterance.rewriteOf() == null) {
        said.chat().waiting().add(said);
      }
      return;
    }
    LedgerEntry entry = Objects.requireNonNull(ledger.get(batchId));
    Retraction retraction = retractions.find(batchId);
    Retraction.Unsaid before = retraction == null ? null : retraction.saidAgain(utterance.id());
    if (before != null && before.open() != null) {
      effects.close(before.open());
    }
    boolean going = retractions.confirmed(batchId) || inFlight.get(batchId) instanceof Task.Retract;
    if (retraction != null && retraction.unsaid().isEmpty() && !going) {
      retractions.remove(batchId);
      release(batchId, effects);
    }
    LedgerTurn turn = ScopeLedger.turnOf(entry, utterance.id());
    // One that was said before it was gone is read again, and will be taken back again.
    boolean oldNews = turn != null && turn.gone() && said.offset() < turn.offset();
    if (busy(batchId) || turn == null || oldNews) {
      return;
    }
    SaidTurn other = turn.gone() ? null : saidBy(utterance, turn.turnId());
    if (other == null || other == said) {
      takeOver(entry, utterance, said, now, effects);
    } else {
      record(said, effects);
    }
  }

  private static @Nullable SaidTurn saidBy(Utterance utterance, String turnId) {
    for (SaidTurn said : utterance.turns()) {
      if (said.turnId().equals(turnId)) {
        return said;
      }
    }
    return null;
  }

  /** A batch is not retracted after all: what was to be written again with it waits by itself. */
  private void release(String batchId, Effects effects) {
    Set<Utterance> group = rewrites.remove(batchId);
    if (group == null) {
      return;
    }
    for (Utterance utterance : group) {
      utterance.rewriteWith(null);
      for (SaidTurn said : utterance.turns()) {
        if (said.worthAMemory()) {
          said.chat().waiting().add(said);
        } else if (said.open()) {
          record(said, effects);
        }
      }
    }
  }

  /** The chat's snapshot is complete: what it did not name the chat says no more. */
  private void dropUnnamed(
      Chat chat, Chat.SnapshotRead snapshot, long offset, Instant now, Effects effects) {
    for (SaidTurn said : List.copyOf(chat.turns())) {
      if (said.offset() < snapshot.first() && !snapshot.named().contains(said.turnId())) {
        chat.waiting().deleted(said.turnId());
        if (deleted(said, offset, snapshot.first(), false, now, effects)) {
          effects.owe(snapshot.first());
        }
      }
    }
  }

  // --- Work
  // ----------------------------------------------------------------------------------------

  /** Settles what time alone decides: deletions that need no call to mem0, and holds. */
  public List<Effect> tick(Instant now, boolean caughtUp) {
    if (retractions.isEmpty()) {
      return List.of();
    }
    Effects effects = new Effects();
    List<String> due = retractions.due(now, caughtUp, inFlight.keySet());
    Map<String, String> holds = retractions.holds(due, this::saysNothing);
    for (String batchId : due) {
      Retraction retraction = retractions.find(batchId);
      LedgerEntry entry = ledger.get(batchId);
      if (retraction == null || entry == null) {
        continue;
      }
      String hold =
          retraction.unsaid().stream()
              .filter(Retraction.Unsaid::deleted)
              .map(unsaid -> holds.get(unsaid.chatId()))
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null);
      if (entry.fate() == Fate.EMPTY && !rewrites.containsKey(batchId)) {
        // Nothing to delete, and what remains was not worth a memory either.
        settle(entry, retraction, entry.fate(), entry.reason(), now, effects);
      } else if (entry.fate() == Fate.WRITTEN && hold != null && !retraction.confirmed()) {
        settle(entry, retraction, Fate.HELD, hold, now, effects);
        release(batchId, effects);
      }
    }
    return effects.list();
  }

  private boolean saysNothing(String chatId) {
    Chat chat = chats.get(chatId);
    return chat == null
        || chat.turns().stream()
            .noneMatch(said -> said.worthAMemory() || utterance(said).batchId() != null);
  }

  private void settle(
      LedgerEntry entry,
      Retraction retraction,
      Fate fate,
      @Nullable String reason,
      Instant now,
      Effects effects) {
    effects.append(
        keep(entry.become(fate, reason, turnsNow(entry, retraction), now.toEpochMilli())));
    closeDeletions(retraction, effects);
    retractions.remove(entry.batchId());
  }

  private static void closeDeletions(@Nullable Retraction retraction, Effects effects) {
    if (retraction != null) {
      for (Retraction.Unsaid unsaid : retraction.unsaid()) {
        if (unsaid.open() != null) {
          effects.close(unsaid.open());
        }
      }
    }
  }

  /** The utterances of a batch with the turns that say them now. */
  private List<LedgerTurn> turnsNow(LedgerEntry entry, @Nullable Retraction retraction) {
    List<LedgerTurn> turns = new ArrayList<>();
    for (LedgerTurn turn : entry.turns()) {
      Utterance utterance = utterances.find(turn.utterance());
      Retraction.Unsaid unsaid = retraction == null ? null : retraction.find(turn.utterance());
      if (utterance != null && utterance.isSaid()) {
        SaidTurn known = saidBy(utterance, turn.turnId());
        turns.add(
            (known == null ? utterance.turns().iterator().next() : known).toLedger(entry.chatId()));
      } else if (turn.gone()) {
        turns.add(turn);
      } else {
        // A turn that lives on with other words is gone as of its old ones: what came later is
        // news.
        turns.add(unsaid == null ? turn.goneAt(turn.offset()) : unsaid.gone());
      }
    }
    return turns;
  }

  /**
   * The next thing to do; its chat counts as busy until it is handed to {@link #completed} or
   * {@link #notStored}. What is due later may be asked for before that, for a chat that fails again
   * and again must not keep the others of its scope waiting for ever.
   *
   * @param caughtUp everything in the log so far has been folded; until then only full batches of
   *     what is said now are written, because what follows may change the rest
   */
  public @Nullable Task next(Lane lane, Instant now, boolean caughtUp) {
    Set<String> busy = new HashSet<>();
    inFlight.values().forEach(task -> busy.add(task.entry().chatId()));
    List<Chat> free = chats.values().stream().filter(chat -> !busy.contains(chat.id())).toList();
    Task next =
        lane == Lane.LIVE ? nextLive(free, busy, now, caughtUp) : nextBacklog(free, now, caughtUp);
    if (next != null) {
      inFlight.put(next.entry().batchId(), next);
    }
    return next;
  }

  private static @Nullable LedgerEntry poll(Deque<LedgerEntry> entries, Set<String> busy) {
    for (LedgerEntry entry : entries) {
      if (!busy.contains(entry.chatId())) {
        entries.remove(entry);
        return entry;
      }
    }
    return null;
  }

  private @Nullable Task nextLive(
      List<Chat> free, Set<String> busy, Instant now, boolean caughtUp) {
    LedgerEntry intent = poll(openIntents, busy);
    if (intent != null) {
      return new Task.Reconcile(intent);
    }
    LedgerEntry again = poll(notStored, busy);
    if (again != null) {
      return new Task.Write(again);
    }
    Task retract = nextRetraction(busy, now, caughtUp);
    if (retract != null) {
      return retract;
    }
    List<SaidTurn> rewrite = nextRewrite(busy, now, caughtUp);
    return write(rewrite == null ? nextBatch.live(free, now, caughtUp) : rewrite, now);
  }

  private @Nullable Task nextBacklog(List<Chat> free, Instant now, boolean caughtUp) {
    boolean readInFull =
        caughtUp
            && !lastBacklog.isAfter(now.minus(rules.quiet()))
            && chats.values().stream()
                .noneMatch(chat -> chat.inSnapshot() && !chat.quietFor(rules.maxAge(), now));
    return readInFull ? write(nextBatch.backlog(free, now), now) : null;
  }

  private @Nullable Task nextRetraction(Set<String> busy, Instant now, boolean caughtUp) {
    for (String batchId : retractions.due(now, caughtUp, inFlight.keySet())) {
      Retraction retraction = retractions.find(batchId);
      LedgerEntry entry = ledger.get(batchId);
      if (retraction != null && entry != null && !busy.contains(entry.chatId())) {
        return new Task.Retract(
            entry.become(
                Fate.RETRACTED,
                reason(entry, retraction),
                turnsNow(entry, retraction),
                now.toEpochMilli()));
      }
    }
    return null;
  }

  private static @Nullable String reason(LedgerEntry entry, Retraction retraction) {
    if (entry.fate() == Fate.RETRACTING) {
      return entry.reason();
    }
    if (retraction.confirmed()) {
      return "confirmed";
    }
    return retraction.hasDeletions() ? "deleted" : "changed";
  }

  /** What is to be written again with a batch that was retracted; of one chat at a time. */
  private @Nullable List<SaidTurn> nextRewrite(Set<String> busy, Instant now, boolean caughtUp) {
    for (Map.Entry<String, Set<Utterance>> group : rewrites.entrySet()) {
      LedgerEntry old = ledger.get(group.getKey());
      boolean retracted = old == null || old.fate() == Fate.RETRACTED;
      if (!retracted || retractions.contains(group.getKey())) {
        continue;
      }
      List<SaidTurn> turns = inOrder(old, group.getValue());
      if (turns.isEmpty()) {
        continue;
      }
      Chat chat = turns.get(0).chat();
      List<SaidTurn> ofChat = new ArrayList<>();
      for (SaidTurn said : turns) {
        if (said.chat() == chat) {
          ofChat.add(said);
        }
      }
      if (!busy.contains(chat.id()) && nextBatch.rewrite(chat, ofChat, now, caughtUp)) {
        return ofChat;
      }
    }
    return null;
  }

  private static List<SaidTurn> inOrder(@Nullable LedgerEntry old, Set<Utterance> group) {
    Map<String, SaidTurn> waiting = new LinkedHashMap<>();
    for (Utterance utterance : group) {
      SaidTurn anchor = utterance.anchor();
      if (anchor != null) {
        waiting.put(anchor.turnId(), anchor);
      }
    }
    List<SaidTurn> turns = new ArrayList<>();
    if (old != null) {
      for (LedgerTurn turn : old.turns()) {
        SaidTurn said = waiting.remove(turn.turnId());
        if (said != null) {
          turns.add(said);
        }
      }
    }
    turns.addAll(waiting.values());
    return turns;
  }

  private @Nullable Task write(@Nullable List<SaidTurn> turns, Instant now) {
    if (turns == null || turns.isEmpty()) {
      return null;
    }
    Chat chat = turns.get(0).chat();
    int generation = 0;
    List<LedgerTurn> ledgerTurns = new ArrayList<>(turns.size());
    List<String> turnsAndWords = new ArrayList<>(turns.size() * 2);
    for (SaidTurn said : turns) {
      generation = Math.max(generation, ledger.generation(said.utterance()));
      ledgerTurns.add(said.toLedger(chat.id()));
      turnsAndWords.add(said.turnId());
      turnsAndWords.add(said.utterance());
    }
    String batchId = BatchIds.of(chat.id(), generation, turnsAndWords);
    for (SaidTurn said : turns) {
      Utterance utterance = utterance(said);
      String rewriteOf = utterance.rewriteOf();
      if (rewriteOf != null) {
        takeFromRewrites(rewriteOf, utterance);
      }
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

  /** Finishes a task; the entry is what the ledger now says about its batch. */
  public List<Effect> completed(LedgerEntry recorded, Instant now) {
    Task done = inFlight.remove(recorded.batchId());
    if (done == null) {
      throw new IllegalStateException("batch " + recorded.batchId() + " was not in flight");
    }
    ledger.put(recorded);
    Effects effects = new Effects();
    if (done instanceof Task.Retract) {
      retracted(recorded, now, effects);
    } else {
      stored(recorded, now, effects);
    }
    return effects.list();
  }

  private void stored(LedgerEntry recorded, Instant now, Effects effects) {
    LedgerEntry current = recorded;
    Set<String> held = new LinkedHashSet<>();
    for (LedgerTurn turn : recorded.turns()) {
      Utterance utterance = utterances.named(turn.utterance());
      utterance.inBatch(recorded.batchId());
      held.add(turn.utterance());
      if (!utterance.isSaid()) {
        continue;
      }
      SaidTurn itself = saidBy(utterance, turn.turnId());
      if (itself == null) {
        takeOver(current, utterance, utterance.turns().iterator().next(), now, effects);
        current = Objects.requireNonNull(ledger.get(recorded.batchId()));
      } else {
        forgetEntryOf(itself.turnId(), effects);
        if (itself.open()) {
          effects.close(itself.offset());
          itself.recorded();
        }
      }
      SaidTurn its = itself == null ? utterance.turns().iterator().next() : itself;
      for (SaidTurn said : utterance.turns()) {
        if (said != its && (said.open() || ledger.ofTurn(said.turnId()) == null)) {
          record(said, effects);
        }
      }
    }
    ledger.retracted().forEach(entry -> supersede(entry, held, effects));
  }

  /** What was to be written again is in another batch by now. */
  private void supersede(LedgerEntry retracted, Set<String> live, Effects effects) {
    List<LedgerTurn> left =
        retracted.turns().stream()
            .filter(turn -> turn.gone() || !live.contains(turn.utterance()))
            .toList();
    if (left.size() == retracted.turns().size()) {
      return;
    }
    if (left.isEmpty()) {
      ledger.remove(retracted.batchId());
      effects.forget(retracted);
    } else {
      effects.append(
          keep(retracted.become(Fate.RETRACTED, retracted.reason(), left, retracted.tsMs())));
    }
  }

  private void retracted(LedgerEntry recorded, Instant now, Effects effects) {
    Retraction retraction = retractions.remove(recorded.batchId());
    List<LedgerTurn> turns = turnsNow(recorded, retraction);
    LedgerEntry current = recorded;
    if (!turns.equals(recorded.turns())) {
      current = keep(recorded.become(Fate.RETRACTED, recorded.reason(), turns, now.toEpochMilli()));
      effects.append(current);
    }
    closeDeletions(retraction, effects);
    for (LedgerTurn turn : current.turns()) {
      Utterance utterance = utterances.named(turn.utterance());
      utterance.inBatch(null);
      if (utterance.isSaid()) {
        rewriteWith(recorded.batchId(), utterance);
      } else {
        utterances.dropIfUnused(utterance);
      }
    }
  }

  /** Finishes the reconciliation of an intent that found nothing. */
  public List<Effect> notStored(LedgerEntry intent, Instant now) {
    if (!(inFlight.get(intent.batchId()) instanceof Task.Reconcile)) {
      throw new IllegalStateException("no reconciliation was in flight");
    }
    if (retractions.contains(intent.batchId())) {
      // The old version is not worth writing any more, and nothing is lost by retracting it.
      retractions.of(intent.batchId(), now).confirm();
      return completed(intent.outcome(Fate.WRITTEN, null, List.of(), 0, now.toEpochMilli()), now);
    }
    inFlight.remove(intent.batchId());
    notStored.add(intent);
    return List.of();
  }

  // --- Holds
  // ---------------------------------------------------------------------------------------

  /** Deletes what is on hold because of a chat. */
  public void confirmHold(String chatId, Instant now) {
    for (LedgerEntry entry : heldBatches()) {
      if (holdingChat(entry).equals(chatId)) {
        retractions.of(entry.batchId(), now).confirm();
      }
    }
  }

  /** Keeps the memories that are on hold because of a chat. */
  public List<Effect> discardHold(String chatId, Instant now) {
    Effects effects = new Effects();
    for (LedgerEntry entry : heldBatches()) {
      if (holdingChat(entry).equals(chatId) && !busy(entry.batchId())) {
        effects.append(
            keep(
                entry.become(
                    Fate.WRITTEN, "kept by an operator", entry.turns(), now.toEpochMilli())));
      }
    }
    return effects.list();
  }

  /** Batches whose retraction waits for an operator. */
  public List<LedgerEntry> heldBatches() {
    if (ledger.held() == 0) {
      return List.of();
    }
    return ledger.entries().stream().filter(entry -> entry.fate() == Fate.HELD).toList();
  }

  /** The chat that lost so much that the batch is on hold. */
  public static String holdingChat(LedgerEntry held) {
    return held.turns().stream()
        .filter(LedgerTurn::gone)
        .map(held::chatOf)
        .findFirst()
        .orElse(held.chatId());
  }

  // --- What is known
  // -------------------------------------------------------------------------------

  public Scope scope() {
    return scope;
  }

  /** Whether anything waits, is under way or is to be retracted. */
  public boolean active() {
    return !inFlight.isEmpty()
        || !retractions.isEmpty()
        || !openIntents.isEmpty()
        || !notStored.isEmpty()
        || !rewrites.isEmpty()
        || chats.values().stream().anyMatch(chat -> !chat.waiting().isEmpty());
  }

  /** When something in the scope last changed, as its chats tell; for whose turn it is. */
  public Instant lastChange() {
    return chats.values().stream()
        .map(Chat::lastChange)
        .max(Instant::compareTo)
        .orElse(Instant.MIN);
  }

  /** What waits to be written. */
  public Waiting waiting() {
    int live = 0;
    int backlog = 0;
    Instant oldestLive = null;
    Instant oldestBacklog = null;
    for (Chat chat : chats.values()) {
      for (SaidTurn said : chat.waiting().inOrder()) {
        if (utterance(said).anchor() != said) {
          continue;
        }
        if (said.backlog()) {
          backlog++;
          oldestBacklog = earlier(oldestBacklog, said.since());
        } else {
          live++;
          oldestLive = earlier(oldestLive, said.since());
        }
      }
    }
    for (Set<Utterance> group : rewrites.values()) {
      for (Utterance utterance : group) {
        live++;
        oldestLive = earlier(oldestLive, Objects.requireNonNull(utterance.anchor()).since());
      }
    }
    return new Waiting(live, backlog, oldestLive, oldestBacklog);
  }

  private static Instant earlier(@Nullable Instant one, Instant other) {
    return one == null || other.isBefore(one) ? other : one;
  }

  /** Ids of the chats that are known. */
  public Collection<String> chatIds() {
    return Collections.unmodifiableCollection(chats.keySet());
  }

  /** What a chat's batches inherit from it; null if the chat is not known. */
  public @Nullable ChatInfo info(String chatId) {
    Chat chat = chats.get(chatId);
    return chat == null ? null : chat.info();
  }

  /** The latest state of every batch, skipped turn and turn that says what another said. */
  public Collection<LedgerEntry> entries() {
    return ledger.entries();
  }

  /** What became of every turn so far. */
  public List<TurnFate> fates() {
    List<TurnFate> fates = new ArrayList<>();
    for (Chat chat : chats.values()) {
      for (SaidTurn said : chat.turns()) {
        fates.add(fate(said));
      }
    }
    Map<String, Long> latest = new HashMap<>();
    for (LedgerEntry entry : ledger.entries()) {
      entry.turns().forEach(turn -> latest.merge(turn.turnId(), turn.offset(), Math::max));
    }
    for (LedgerEntry entry : ledger.entries()) {
      for (LedgerTurn turn : entry.turns()) {
        Chat chat = chats.get(entry.chatOf(turn));
        boolean lives = chat != null && chat.turn(turn.turnId()) != null;
        if (turn.gone() && !lives && latest.remove(turn.turnId(), turn.offset())) {
          fates.add(
              new TurnFate(
                  entry.chatOf(turn),
                  turn.turnId(),
                  turn.hash(),
                  turn.offset(),
                  true,
                  entry.fate(),
                  entry.reason(),
                  entry.batchId(),
                  entry.memoryIds()));
        }
      }
    }
    return fates;
  }

  private TurnFate fate(SaidTurn said) {
    Utterance utterance = utterance(said);
    LedgerEntry entry = utterance.batchId() == null ? null : ledger.get(utterance.batchId());
    if (entry != null) {
      return new TurnFate(
          said.chat().id(),
          said.turnId(),
          said.hash(),
          said.offset(),
          false,
          entry.fate(),
          entry.reason(),
          entry.batchId(),
          entry.memoryIds());
    }
    boolean waits = said.worthAMemory() || utterance.rewriteOf() != null;
    return new TurnFate(
        said.chat().id(),
        said.turnId(),
        said.hash(),
        said.offset(),
        false,
        waits ? Fate.PENDING : Fate.SKIPPED,
        waits ? null : said.reason(),
        null,
        List.of());
  }

  private Utterance utterance(SaidTurn said) {
    return Objects.requireNonNull(utterances.find(said.utterance()), said.utterance());
  }

  private Chat chat(String chatId, ChatInfo info) {
    return chats.computeIfAbsent(chatId, id -> new Chat(id, info));
  }
}
