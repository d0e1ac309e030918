package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.UtteranceKeys;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Folds the events of a scope's chats into what its turns say. State-based: what counts is the turn
 * after the event, so an event that changes nothing (a redelivered one, above all) asks for
 * nothing. Not thread-safe.
 */
final class Fold {
  private final Chats chats;
  private final Utterances utterances;
  private final ScopeLedger ledger;
  private final Rewrites rewrites;
  private final Eligibility eligibility;
  private final IgnoredChats ignoredChats;
  private final ForgottenTurns forgottenTurns;
  private final TurnChanges changes;
  private final Map<String, Long> goneAt = new HashMap<>();

  Fold(
      Chats chats,
      Utterances utterances,
      ScopeLedger ledger,
      Rewrites rewrites,
      Eligibility eligibility,
      IgnoredChats ignoredChats,
      ForgottenTurns forgottenTurns,
      TurnChanges changes) {
    this.chats = chats;
    this.utterances = utterances;
    this.ledger = ledger;
    this.rewrites = rewrites;
    this.eligibility = eligibility;
    this.ignoredChats = ignoredChats;
    this.forgottenTurns = forgottenTurns;
    this.changes = changes;
  }

  /** The ledger tells that a turn was gone as of this offset: no earlier event brings it back. */
  void wasGone(String turnId, long offset) {
    goneAt.merge(turnId, offset, Math::max);
  }

  void event(TurnEvent event, long offset, Instant now, Effects effects) {
    if (event.op() == Op.UNKNOWN) {
      effects.close(offset);
      return;
    }
    Chat chat = chats.of(event.source().chatId(), ChatInfo.of(event.source()));
    chat.saw(event, now);
    Chat.SnapshotRead complete = chat.readSnapshot(event, offset, effects);
    String turnId = event.turnId();
    if (turnId == null || offset <= known(chat, turnId) || forgottenTurns.contain(turnId)) {
      effects.close(offset);
    } else {
      turn(chat, turnId, event, offset, now, effects);
    }
    if (complete != null) {
      dropUnnamed(chat, complete, offset, now, effects);
      effects.close(complete.first());
    }
  }

  /**
   * The log does not have a turn that a chat has here, as somebody has seen who read all of it.
   *
   * @param isElsewhere whether the log has it in another scope
   * @return whether the chat has it, in a version before this offset
   */
  boolean lost(
      String chatId,
      String turnId,
      boolean isElsewhere,
      long before,
      Instant now,
      Effects effects) {
    Chat chat = chats.find(chatId);
    SaidTurn said = chat == null ? null : chat.turn(turnId);
    if (chat == null || said == null || said.offset() >= before) {
      return false;
    }
    wasGone(turnId, said.offset());
    chat.waiting().deleted(turnId);
    changes.lost(said, isElsewhere, now, effects);
    return true;
  }

  /** An event that nothing is known of, though what came behind it was folded. */
  void missed(TurnEvent event, long offset, Instant now, Effects effects) {
    Chat chat = chats.of(event.source().chatId(), ChatInfo.of(event.source()));
    String turnId = event.turnId();
    Turn turn = event.after();
    boolean isDropped = offset < chat.completeSince();
    boolean isNews =
        turnId != null && !forgottenTurns.contain(turnId) && offset > known(chat, turnId);
    if (turnId != null && turn != null && !isDropped && isNews) {
      said(chat, chat.turn(turnId), turn, event, true, offset, now, effects);
    }
  }

  /** Offset of the latest version known of a turn. */
  private long known(Chat chat, String turnId) {
    SaidTurn turn = chat.turn(turnId);
    return Math.max(turn == null ? -1 : turn.offset(), goneAt.getOrDefault(turnId, -1L));
  }

  private void turn(
      Chat chat, String turnId, TurnEvent event, long offset, Instant now, Effects effects) {
    SaidTurn old = chat.turn(turnId);
    Turn turn = event.after();
    if (event.op() != Op.DELETE && turn != null) {
      said(chat, old, turn, event, event.op() == Op.READ, offset, now, effects);
      return;
    }
    // An older event of it may yet be found that was missed.
    wasGone(turnId, offset);
    boolean withWholeChat = event.source().cause() == Cause.CHAT_DELETED;
    if (old == null || !changes.deleted(old, offset, offset, withWholeChat, now, effects)) {
      effects.close(offset);
    }
  }

  private void said(
      Chat chat,
      @Nullable SaidTurn old,
      Turn turn,
      TurnEvent event,
      boolean wasThere,
      long offset,
      Instant now,
      Effects effects) {
    String key = UtteranceKeys.of(turn);
    Utterance before = old == null ? null : utterances.of(old);
    Utterance utterance =
        before != null && before.key().equals(key)
            ? before
            : utterances.saidIn(chat, turn.turnId(), key);
    SaidTurn sameWords = before == utterance ? old : null;
    boolean inPlace = old != null && chat.waiting().contains(old);
    Eligibility.Text text = eligibility.of(turn);
    boolean backlog = wasThere && (old == null || old.backlog());
    SaidTurn version =
        new SaidTurn(
            turn.turnId(),
            chat,
            utterance.id(),
            turn.hash(),
            offset,
            ignoredChats.reason(chat, text.skipReason()),
            turn.position(),
            turn.role(),
            text.tokens(),
            sameWords == null ? Chat.changedAt(event, now) : sameWords.changedAt(),
            old == null || (sameWords == null && !inPlace) ? now : old.since(),
            backlog,
            true);
    if (sameWords != null) {
      changes.saysTheSame(sameWords, version, utterance, effects);
    } else if (old == null) {
      changes.says(version, utterance, retractedWith(turn.turnId()), now, effects);
    } else {
      String rewriteOf = changes.leaves(old, offset, now, effects);
      if (inPlace) {
        version.moveTo(old.position());
      }
      changes.says(version, utterance, rewriteOf, now, effects);
    }
  }

  /** The batch that waits to be written again and held this turn; null if there is none. */
  private @Nullable String retractedWith(String turnId) {
    return ledger.retracted().stream()
        .filter(entry -> rewrites.contains(entry.batchId()))
        .filter(entry -> entry.turns().stream().anyMatch(turn -> turn.turnId().equals(turnId)))
        .map(LedgerEntry::batchId)
        .findFirst()
        .orElse(null);
  }

  /** The chat's snapshot is complete: what it did not name the chat says no more. */
  private void dropUnnamed(
      Chat chat, Chat.SnapshotRead snapshot, long offset, Instant now, Effects effects) {
    for (SaidTurn said : List.copyOf(chat.turns())) {
      if (said.offset() < snapshot.first() && !snapshot.named().contains(said.turnId())) {
        chat.waiting().deleted(said.turnId());
        if (changes.deleted(said, offset, snapshot.first(), false, now, effects)) {
          effects.owe(snapshot.first());
        }
      }
    }
  }
}
