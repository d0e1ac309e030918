package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Turns that their user has forgotten: as if they were deleted, whatever their chat says of them
 * from now on, and whatever was decided about them before; nobody is asked. What another turn says
 * too, and is not forgotten, stays. Not thread-safe.
 */
final class ForgottenTurns {
  private final Chats chats;
  private final Utterances utterances;
  private final ScopeLedger ledger;
  private final TurnChanges changes;
  private Map<String, String> chatsOfTurns = Map.of();

  ForgottenTurns(Chats chats, Utterances utterances, ScopeLedger ledger, TurnChanges changes) {
    this.chats = chats;
    this.utterances = utterances;
    this.ledger = ledger;
    this.changes = changes;
  }

  boolean contain(String turnId) {
    return chatsOfTurns.containsKey(turnId);
  }

  /** The turns, with their chats. */
  Map<String, String> all() {
    return chatsOfTurns;
  }

  /** Whether no batch holds anything of any of them, or may hold it. */
  boolean areTakenBack() {
    return ledger.entries().stream()
        .filter(ForgottenTurns::canBeTakenBack)
        .flatMap(entry -> entry.turns().stream())
        .noneMatch(this::isToBeTakenBack);
  }

  /**
   * These are forgotten from now on. What is taken back does not come back by itself.
   *
   * @param turns their ids, with those of their chats
   */
  void become(Map<String, String> turns, Instant now, Effects effects) {
    if (turns.equals(chatsOfTurns)) {
      return;
    }
    chatsOfTurns = Map.copyOf(turns);
    for (Chat chat : chats.all()) {
      for (SaidTurn said : List.copyOf(chat.turns())) {
        if (contain(said.turnId())) {
          changes.forgotten(said, now, effects);
        }
      }
    }
    for (LedgerEntry entry : List.copyOf(ledger.entries())) {
      if (canBeTakenBack(entry)) {
        takeBack(entry, now);
      }
    }
  }

  /** What a later version made of a batch is not known. */
  private static boolean canBeTakenBack(LedgerEntry entry) {
    return ScopeLedger.isLive(entry) && entry.fate() != Fate.UNKNOWN;
  }

  /** What another turn says too stays. */
  private boolean isToBeTakenBack(LedgerTurn turn) {
    if (!contain(turn.turnId())) {
      return false;
    }
    Utterance utterance = utterances.find(turn.utterance());
    return utterance == null || !utterance.isSaid();
  }

  /** Also what was gone before, and has been kept since. */
  private void takeBack(LedgerEntry entry, Instant now) {
    for (LedgerTurn turn : entry.turns()) {
      if (isToBeTakenBack(turn)) {
        changes.takeBack(entry, turn.goneAt(turn.offset()), now);
      }
    }
  }
}
