package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.writer.sweep.Adoption;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
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
  private final ScopeLedger ledger = new ScopeLedger();
  private final Chats chats = new Chats();
  private final Rewrites rewrites = new Rewrites();
  private final Retractions retractions;
  private final InFlight inFlight;
  private final IgnoredChats ignoredChats;
  private final ForgottenTurns forgottenTurns;
  private final Fold fold;
  private final Restore restore;
  private final Completion completion;
  private final Holds holds;
  private final NextTask nextTask;
  private final TurnFates turnFates;
  private final WaitingCount waitingCount;

  /**
   * A scope without chats.
   *
   * @param mostTokens of a batch's texts, as of now; one longer turn makes a batch of its own
   */
  public ScopeState(
      Scope scope, BatchRules rules, IntSupplier mostTokens, Eligibility eligibility) {
    this.scope = scope;
    Utterances utterances = new Utterances();
    this.retractions = new Retractions(rules, ledger);
    this.inFlight = new InFlight(retractions);
    LedgerUpdates updates = new LedgerUpdates(scope, ledger, utterances);
    TurnChanges changes =
        new TurnChanges(utterances, ledger, updates, retractions, rewrites, inFlight);
    this.ignoredChats = new IgnoredChats(chats, utterances, ledger, updates);
    this.forgottenTurns = new ForgottenTurns(chats, utterances, ledger, changes);
    this.fold =
        new Fold(
            chats,
            utterances,
            ledger,
            rewrites,
            eligibility,
            ignoredChats,
            forgottenTurns,
            changes);
    Entanglements entanglements = new Entanglements(ledger);
    this.restore =
        new Restore(
            chats,
            utterances,
            ledger,
            updates,
            retractions,
            rewrites,
            inFlight,
            fold,
            entanglements);
    this.completion =
        new Completion(
            rules, utterances, ledger, updates, retractions, rewrites, inFlight, entanglements);
    this.holds =
        new Holds(
            rules,
            chats,
            utterances,
            ledger,
            updates,
            retractions,
            rewrites,
            inFlight,
            changes,
            entanglements);
    this.nextTask =
        new NextTask(
            scope,
            rules,
            mostTokens,
            chats,
            utterances,
            ledger,
            updates,
            retractions,
            rewrites,
            inFlight,
            entanglements);
    this.turnFates = new TurnFates(chats, utterances, ledger, forgottenTurns);
    this.waitingCount = new WaitingCount(chats, utterances, rewrites, inFlight);
  }

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
    Effects effects = new Effects();
    restore.fromLedger(now, effects);
    return effects.list();
  }

  /**
   * Folds an event.
   *
   * @param offset the event's place in the log; counts up from event to event
   * @return what is to be made durable; the event's offset stays open if none of it closes it
   */
  public List<Effect> fold(TurnEvent event, long offset, Instant now) {
    Effects effects = new Effects();
    fold.event(event, offset, now, effects);
    return effects.list();
  }

  /**
   * These chats are not to be remembered from now on, and no others. After the restore it is to be
   * said even if there are none.
   *
   * @param chatIds of any chats; only those of the scope count
   */
  public List<Effect> ignore(Set<String> chatIds) {
    Effects effects = new Effects();
    ignoredChats.become(chatIds, effects);
    return effects.list();
  }

  /**
   * These turns are forgotten from now on: their batches are taken back, and no event of theirs
   * counts any more. As {@link #ignore}, to be said after the restore; by then all that were.
   *
   * @param turns their ids, with those of their chats
   */
  public List<Effect> forget(Map<String, String> turns, Instant now) {
    Effects effects = new Effects();
    forgottenTurns.become(turns, now, effects);
    return effects.list();
  }

  /** The turns that are forgotten. */
  public Set<String> forgotten() {
    return forgottenTurns.all().keySet();
  }

  /** Whether mem0 holds the batch, may hold it, or has refused it for good. */
  public static boolean isHeld(LedgerEntry entry) {
    return ScopeLedger.isLive(entry);
  }

  /** Whether a chat has any turn. */
  public boolean says(String chatId) {
    Chat chat = chats.find(chatId);
    return chat != null && !chat.turns().isEmpty();
  }

  /** Whether mem0 holds nothing any more that is only of turns that were forgotten. */
  public boolean forgottenAreTakenBack() {
    return forgottenTurns.areTakenBack();
  }

  /** Settles what time alone decides: deletions that need no call to mem0, and holds. */
  public List<Effect> tick(Instant now, boolean caughtUp) {
    Effects effects = new Effects();
    holds.settle(now, caughtUp, effects);
    return effects.list();
  }

  /**
   * The next thing to do; its chat counts as busy until it is handed to {@link #completed}, {@link
   * #notStored}, {@link #repeatable}, {@link #refused} or {@link #putOff}. What is due later may be
   * asked for before that, for a chat that fails again and again must not keep the others of its
   * scope waiting for ever.
   *
   * @param caughtUp everything in the log so far has been folded; until then only full batches of
   *     what is said now are written, because what follows may change the rest
   */
  public @Nullable Task next(Lane lane, Instant now, boolean caughtUp) {
    return nextTask.start(lane, now, caughtUp);
  }

  /** Finishes a task; the entry is what the ledger now says about its batch. */
  public List<Effect> completed(LedgerEntry recorded, Instant now) {
    Effects effects = new Effects();
    completion.completed(recorded, now, effects);
    return effects.list();
  }

  /**
   * Whether {@link #next} would start something of what is said now if the task of this batch were
   * done.
   */
  public boolean liveIsDue(String batchId, Instant now, boolean caughtUp) {
    return nextTask.liveIsDue(batchId, now, caughtUp);
  }

  /**
   * Finishes the reconciliation of an intent that can be posted again whether it was stored or not.
   */
  public void repeatable(LedgerEntry intent) {
    completion.repeatable(intent);
  }

  /** Ends a write that was not posted yet: it is the first of the backlog's to be started again. */
  public List<Effect> putOff(LedgerEntry intent, Instant now) {
    Effects effects = new Effects();
    completion.putOff(intent, now, effects);
    return effects.list();
  }

  /** Finishes the reconciliation of an intent that found nothing. */
  public List<Effect> notStored(LedgerEntry intent, Instant now) {
    Effects effects = new Effects();
    completion.notStored(intent, now, effects);
    return effects.list();
  }

  /**
   * Finishes a write that mem0 refused: it is tried again.
   *
   * @param again how
   */
  public List<Effect> refused(LedgerEntry intent, TryAgain again, Instant now) {
    Effects effects = new Effects();
    completion.refused(intent, again, now, effects);
    return effects.list();
  }

  /**
   * Has a batch taken back and written again: one that mem0 refused, or found nothing to remember
   * in, or whose memories are gone or to be made anew.
   *
   * @param lane when
   * @throws IllegalArgumentException if it is another one
   */
  public void requeue(LedgerEntry entry, Lane lane, Instant now) {
    holds.requeue(entry, lane, now);
  }

  /** As {@link #requeue}, whatever else is written again with it because mem0 merged it. */
  public void rewrite(LedgerEntry entry, Lane lane, Instant now) {
    holds.rewrite(entry, lane, now);
  }

  /** Batches that are taken back with this one, because mem0 merged them. */
  public Set<String> takenAlong(String batchId) {
    return holds.takenAlong(batchId);
  }

  /**
   * Folds an event that was read long ago, as it seems, and that neither ledger nor chats know of:
   * the last one of its turn. What the turn says is backlog then. After a crash it has to be found
   * again.
   */
  public List<Effect> foldMissed(TurnEvent event, long offset, Instant now) {
    Effects effects = new Effects();
    fold.missed(event, offset, now, effects);
    return effects.list();
  }

  /**
   * Takes back a turn that the log does not have here, as if its chat had lost it just now: what
   * nobody else says goes, at once or when an operator says so. If the log has it nowhere, an
   * operator always has to. Until the ledger tells of that it is lost with the writer's life.
   *
   * @param isElsewhere whether the log has it in another scope
   * @param before what the chat says of it from this offset on counts, and nothing is taken back
   * @return empty if there is nothing to take back
   */
  public Optional<List<Effect>> takeBack(
      String chatId, String turnId, boolean isElsewhere, long before, Instant now) {
    Effects effects = new Effects();
    boolean lost = fold.lost(chatId, turnId, isElsewhere, before, now, effects);
    return lost ? Optional.of(effects.list()) : Optional.empty();
  }

  /** Whether something is being done about a batch, or will be whatever comes. */
  public boolean isBusy(String batchId) {
    return retractions.contains(batchId) || inFlight.isBusy(batchId);
  }

  /** mem0 holds memories of batches that the ledger does not know of. */
  public List<Effect> adopt(List<Adoption> adoptions, Instant now) {
    Effects effects = new Effects();
    completion.adopt(adoptions, now, effects);
    return effects.list();
  }

  /** Deletes what is on hold because of a chat. */
  public void confirmHold(String chatId, Instant now) {
    holds.confirm(chatId, now);
  }

  /** Keeps the memories that are on hold because of a chat. */
  public List<Effect> discardHold(String chatId, Instant now) {
    Effects effects = new Effects();
    holds.discard(chatId, now, effects);
    return effects.list();
  }

  /** Batches whose retraction waits for an operator. */
  public List<LedgerEntry> heldBatches() {
    return holds.batches();
  }

  /** The chat that lost so much that the batch is on hold. */
  public static String holdingChat(LedgerEntry held) {
    return Holds.chatOf(held);
  }

  public Scope scope() {
    return scope;
  }

  /** Whether anything waits, is under way or is to be retracted. */
  public boolean active() {
    return !inFlight.isEmpty()
        || !retractions.isEmpty()
        || !rewrites.isEmpty()
        || chats.haveWaiting();
  }

  /** When something in the scope last changed, as its chats tell; for whose turn it is. */
  public Instant lastChange() {
    return chats.lastChange();
  }

  /** What waits to be written. */
  public Waiting waiting() {
    return waitingCount.now();
  }

  /** Ids of the chats that are known. */
  public Collection<String> chatIds() {
    return chats.ids();
  }

  /** What a chat's batches inherit from it; null if the chat is not known. */
  public @Nullable ChatInfo info(String chatId) {
    Chat chat = chats.find(chatId);
    return chat == null ? null : chat.info();
  }

  /** The latest state of every batch, skipped turn and turn that says what another said. */
  public Collection<LedgerEntry> entries() {
    return ledger.entries();
  }

  /** The latest state of the entry of this id; empty if there is none. */
  public Optional<LedgerEntry> batch(String batchId) {
    return Optional.ofNullable(ledger.get(batchId));
  }

  /** How many turns, gone ones included, are in batches of a fate. */
  public int turns(Fate fate) {
    return ledger.turns(fate);
  }

  /** What became of every turn so far. */
  public List<TurnFate> fates() {
    return turnFates.all();
  }

  /** What became of a turn so far; empty if its chat does not have it. */
  public Optional<TurnFate> fate(String chatId, String turnId) {
    return turnFates.of(chatId, turnId);
  }

  /** What became by now of a turn that an entry names. */
  public TurnFate fate(LedgerEntry entry, LedgerTurn turn) {
    return turnFates.now(entry, turn);
  }
}
