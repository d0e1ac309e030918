package dev.tavernmem0.writer.batch;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.BatchIds;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.writer.ledger.ChatLedger;
import dev.tavernmem0.writer.ledger.ChatLedger.Known;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One chat as the writer sees it: events are folded into it, and it says what is to be done.
 *
 * <p>Folding is state-based: what counts is the turn after the event, so an event that changes
 * nothing (a redelivered one, above all) asks for nothing. The ledger tells which events are old
 * news: those not behind the version that the ledger has of their turn. Together with the ledger,
 * the events that are not closed yet give the same state again after a restart.
 *
 * <p>Not thread-safe.
 */
public final class ChatState {
  private final String chatId;
  private final BatchRules rules;
  private final ChatLedger ledger = new ChatLedger();
  private final PendingTurns pending = new PendingTurns();
  private final ChatTasks tasks;

  private @Nullable ChatInfo info;

  public ChatState(String chatId, BatchRules rules) {
    this.chatId = chatId;
    this.rules = rules;
    this.tasks = new ChatTasks(chatId, rules, ledger, pending);
  }

  /** Applies an entry read back from the ledger's topic; all of them, before the first event. */
  public void restore(LedgerEntry entry) {
    ledger.put(entry);
    info = ChatInfo.of(entry);
  }

  /** Applies a removal read back from the ledger's topic. */
  public void restoreRemoval(String batchId) {
    ledger.remove(batchId);
  }

  /** Ends the restore: what an earlier life left unfinished is to be done again. */
  public void restored(Instant now) {
    tasks.resume(now);
  }

  /**
   * Folds an event.
   *
   * @param offset the event's place in the log; counts up from event to event
   * @return what is to be made durable; the event's offset stays open if none of it closes it
   * @throws IllegalArgumentException if the source names neither a character nor a group
   */
  public List<Effect> fold(TurnEvent event, long offset, Instant now) {
    String turnId = event.turnId();
    if (turnId == null || event.op() == Op.UNKNOWN) {
      return close(offset);
    }
    ChatInfo latest = ChatInfo.of(event.source());
    info = latest;
    tasks.sawEvent(changedAt(event, now), now);
    trackPositions(event, turnId);
    Known known = ledger.find(turnId);
    PendingTurn waiting = pending.get(turnId);
    if (waiting != null && offset == waiting.offset()) {
      return List.of();
    }
    if ((known != null && offset <= known.turn().offset())
        || (waiting != null && offset < waiting.offset())) {
      return close(offset);
    }
    Turn turn = event.after();
    boolean inBatch = known != null && inBatch(known);
    if (event.op() == Op.DELETE || turn == null || (inBatch && turn.text().isBlank())) {
      return deleted(turnId, known, waiting, event, offset, now);
    }
    if (known != null && inBatch) {
      PendingTurn version = version(turn, event, offset, known.entry().batchId(), now);
      return changed(known, waiting, version, now);
    }
    String reason = skipReason(turn, event.source().cause(), known);
    if (reason != null) {
      return skipped(turn, reason, known, waiting, latest, offset, now);
    }
    return waits(waiting, version(turn, event, offset, null, now));
  }

  private static boolean inBatch(Known known) {
    Fate fate = known.entry().fate();
    return fate != Fate.SKIPPED && (fate != Fate.RETRACTED || !known.turn().gone());
  }

  private static Instant changedAt(TurnEvent event, Instant now) {
    Turn turn = event.after();
    Instant sentAt = turn == null ? null : turn.sentAt();
    Instant changed =
        event.op() == Op.READ && sentAt != null
            ? sentAt
            : Instant.ofEpochMilli(
                event.source().tsMs() > 0 ? event.source().tsMs() : event.tsMs());
    return changed.isAfter(now) ? now : changed;
  }

  private PendingTurn version(
      Turn turn, TurnEvent event, long offset, @Nullable String rewriteOf, Instant now) {
    return new PendingTurn(
        turn.turnId(),
        turn.hash(),
        offset,
        turn.position(),
        turn.role(),
        turn.text().length(),
        changedAt(event, now),
        now,
        rewriteOf);
  }

  private void trackPositions(TurnEvent event, String turnId) {
    Turn turn = event.after();
    if (turn == null) {
      pending.deleted(turnId);
      return;
    }
    if (event.op() == Op.CREATE && event.source().cause() == Cause.INSERT) {
      pending.inserted(turn.position());
    } else if (event.source().cause() == Cause.MOVE) {
      pending.moved(turnId, turn.position());
    }
    if (turn.role() == Role.USER) {
      pending.sawUser(turnId, turn.position());
    }
  }

  private @Nullable String skipReason(Turn turn, Cause cause, @Nullable Known known) {
    boolean stillTheCopy =
        known != null
            && known.entry().fate() == Fate.SKIPPED
            && Eligibility.COPY.equals(known.entry().reason())
            && known.turn().hash().equals(turn.hash());
    return stillTheCopy ? Eligibility.COPY : Eligibility.skipReason(turn, cause, rules.narrator());
  }

  private List<Effect> waits(@Nullable PendingTurn waiting, PendingTurn version) {
    if (waiting == null) {
      pending.add(version);
      return List.of();
    }
    pending.replace(waiting.in(version));
    return close(waiting.offset());
  }

  private List<Effect> skipped(
      Turn turn,
      String reason,
      @Nullable Known known,
      @Nullable PendingTurn waiting,
      ChatInfo chat,
      long offset,
      Instant now) {
    List<Long> closes = dropWaiting(waiting, offset);
    if (known != null
        && known.entry().fate() == Fate.SKIPPED
        && reason.equals(known.entry().reason())
        && known.turn().hash().equals(turn.hash())) {
      return List.of(new Effect.Close(closes));
    }
    LedgerEntry entry =
        new LedgerEntry(
            BatchIds.ofSkipped(turn.turnId()),
            0,
            chatId,
            chat.chatFile(),
            chat.scope(),
            chat.groupMembers(),
            Fate.SKIPPED,
            reason,
            List.of(new LedgerTurn(turn.turnId(), turn.hash(), offset)),
            List.of(),
            0,
            now.toEpochMilli());
    return append(entry, closes);
  }

  private List<Effect> deleted(
      String turnId,
      @Nullable Known known,
      @Nullable PendingTurn waiting,
      TurnEvent event,
      long offset,
      Instant now) {
    if (known == null) {
      return List.of(new Effect.Close(dropWaiting(waiting, offset)));
    }
    LedgerEntry entry = known.entry();
    if (entry.fate() == Fate.SKIPPED) {
      ledger.remove(entry.batchId());
      return List.of(new Effect.Forget(entry.key(), dropWaiting(waiting, offset)));
    }
    if (known.turn().gone()) {
      return List.of(new Effect.Close(dropWaiting(waiting, offset)));
    }
    boolean retractionMustKnow =
        entry.fate() == Fate.PENDING
            || entry.fate() == Fate.WRITTEN
            || entry.fate() == Fate.DEAD
            || tasks.retracting(entry.batchId());
    if (retractionMustKnow) {
      boolean withWholeChat = event.source().cause() == Cause.CHAT_DELETED;
      Retraction retraction = tasks.retraction(entry.batchId(), now);
      Long replaced = retraction.gone(turnId, offset, withWholeChat, now);
      List<Long> closes = dropWaiting(waiting);
      if (replaced != null) {
        closes.add(replaced);
      }
      return List.of(new Effect.Close(closes));
    }
    return append(
        entry.become(
            entry.fate(),
            entry.reason(),
            replace(entry, known.turn().goneAt(offset)),
            now.toEpochMilli()),
        dropWaiting(waiting, offset));
  }

  private List<Effect> changed(
      Known known, @Nullable PendingTurn waiting, PendingTurn version, Instant now) {
    LedgerEntry entry = known.entry();
    String batchId = entry.batchId();
    boolean same = known.turn().hash().equals(version.hash());
    boolean memoriesGoing = entry.fate() == Fate.RETRACTED || tasks.retracting(batchId);
    List<Long> closes = new ArrayList<>();
    Long deletion = tasks.cameBack(batchId, version.turnId());
    if (deletion != null) {
      closes.add(deletion);
    }
    if (waiting != null) {
      closes.add(waiting.offset());
    }
    if (same && !memoriesGoing) {
      pending.remove(version.turnId());
      tasks.cancelIfReverted(batchId);
      closes.add(version.offset());
      return known.turn().gone()
          ? append(revived(known, version.offset(), now), closes)
          : List.of(new Effect.Close(closes));
    }
    if (same && waiting == null && deletion == null && !known.turn().gone()) {
      return close(version.offset());
    }
    if (waiting == null) {
      pending.add(version);
    } else {
      pending.replace(waiting.in(version));
    }
    if (entry.fate() != Fate.RETRACTED && entry.fate() != Fate.HELD) {
      tasks.retraction(batchId, now).touch(now);
    }
    if (known.turn().gone() && !memoriesGoing) {
      // One before the event, so that the event is still news after a restart.
      return append(revived(known, version.offset() - 1, now), closes);
    }
    return closes.isEmpty() ? List.of() : List.of(new Effect.Close(closes));
  }

  /** The entry with a turn that was gone and is back; no hold remains without a turn gone. */
  private LedgerEntry revived(Known known, long offset, Instant now) {
    LedgerEntry entry = known.entry();
    List<LedgerTurn> turns =
        replace(entry, new LedgerTurn(known.turn().turnId(), known.turn().hash(), offset));
    boolean released = entry.fate() == Fate.HELD && turns.stream().noneMatch(LedgerTurn::gone);
    if (released) {
      tasks.released(entry.batchId(), now);
    }
    return entry.become(
        released ? Fate.WRITTEN : entry.fate(),
        released ? null : entry.reason(),
        turns,
        now.toEpochMilli());
  }

  private List<LedgerTurn> replace(LedgerEntry entry, LedgerTurn turn) {
    return ledger.owned(entry).stream()
        .map(old -> old.turnId().equals(turn.turnId()) ? turn : old)
        .toList();
  }

  private List<Long> dropWaiting(@Nullable PendingTurn waiting, long... others) {
    List<Long> closes = new ArrayList<>();
    for (long other : others) {
      closes.add(other);
    }
    if (waiting != null) {
      pending.remove(waiting.turnId());
      closes.add(waiting.offset());
    }
    return closes;
  }

  private List<Effect> append(LedgerEntry entry, List<Long> closes) {
    ledger.put(entry);
    return List.of(new Effect.Append(entry, closes));
  }

  private static List<Effect> close(long offset) {
    return List.of(new Effect.Close(List.of(offset)));
  }

  /** Settles what time alone decides: deletions that need no call to mem0, and holds. */
  public List<Effect> tick(Instant now, boolean caughtUp) {
    return tasks.tick(now, caughtUp);
  }

  /**
   * The next thing to do; the chat counts as busy until it is handed to {@link #completed} or
   * {@link #notStored}.
   *
   * @param caughtUp everything in the log so far has been folded; until then only full batches are
   *     written, because what follows may change the rest
   */
  public @Nullable Task next(Instant now, boolean caughtUp) {
    return info == null ? null : tasks.next(info, now, caughtUp);
  }

  /** Finishes the task in flight; the entry is what the ledger now says about its batch. */
  public List<Effect> completed(LedgerEntry recorded, Instant now) {
    return tasks.completed(recorded, now);
  }

  /** Finishes a reconciliation that found nothing. */
  public List<Effect> notStored(Instant now) {
    return tasks.notStored(now);
  }

  /** Deletes what is on hold. */
  public void confirmHold(Instant now) {
    tasks.confirmHold(now);
  }

  /** Keeps the memories that are on hold. */
  public List<Effect> discardHold(Instant now) {
    return tasks.discardHold(now);
  }

  public String chatId() {
    return chatId;
  }

  /** As the latest event or the ledger has it; null before the first of either. */
  public @Nullable ChatInfo info() {
    return info;
  }

  /** Whether anything waits, is under way or is to be retracted. */
  public boolean active() {
    return !pending.isEmpty() || tasks.active();
  }

  /** When the longest waiting turn came; null if none waits. */
  public @Nullable Instant oldestPending() {
    return pending.all().stream().map(PendingTurn::since).min(Instant::compareTo).orElse(null);
  }

  /** How many batches wait for an operator to decide on their retraction. */
  public int heldBatches() {
    return ledger.held();
  }

  public int pendingTurns() {
    return pending.size();
  }

  /** The latest state of every batch and skipped turn. */
  public List<LedgerEntry> entries() {
    return List.copyOf(ledger.entries());
  }

  /** What became of every turn so far. */
  public List<TurnFate> fates() {
    List<TurnFate> fates = new ArrayList<>();
    for (LedgerEntry entry : ledger.entries()) {
      for (LedgerTurn turn : ledger.owned(entry)) {
        if (pending.get(turn.turnId()) == null) {
          fates.add(
              new TurnFate(
                  turn.turnId(),
                  turn.hash(),
                  turn.offset(),
                  turn.gone(),
                  entry.fate(),
                  entry.reason(),
                  entry.batchId(),
                  entry.memoryIds()));
        }
      }
    }
    for (PendingTurn turn : pending.all()) {
      fates.add(
          new TurnFate(
              turn.turnId(),
              turn.hash(),
              turn.offset(),
              false,
              Fate.PENDING,
              null,
              null,
              List.of()));
    }
    return fates;
  }
}
