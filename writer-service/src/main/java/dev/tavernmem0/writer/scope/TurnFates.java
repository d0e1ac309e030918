package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What became of every turn of a scope, as far as its state and its ledger know. */
final class TurnFates {
  private static final long NOWHERE = -1;

  private final Chats chats;
  private final Utterances utterances;
  private final ScopeLedger ledger;
  private final ForgottenTurns forgotten;

  TurnFates(Chats chats, Utterances utterances, ScopeLedger ledger, ForgottenTurns forgotten) {
    this.chats = chats;
    this.utterances = utterances;
    this.ledger = ledger;
    this.forgotten = forgotten;
  }

  /** Of the turns that the chats have, and of those that are gone or forgotten. */
  List<TurnFate> all() {
    List<TurnFate> fates = new ArrayList<>();
    for (Chat chat : chats.all()) {
      chat.turns().forEach(said -> fates.add(of(said)));
    }
    Map<String, Long> latest = new HashMap<>();
    for (LedgerEntry entry : ledger.entries()) {
      entry.turns().forEach(turn -> latest.merge(turn.turnId(), turn.offset(), Math::max));
    }
    for (LedgerEntry entry : ledger.entries()) {
      for (LedgerTurn turn : entry.turns()) {
        Chat chat = chats.find(entry.chatOf(turn));
        boolean lives =
            forgotten.contain(turn.turnId()) || (chat != null && chat.turn(turn.turnId()) != null);
        if (turn.gone() && !lives && latest.remove(turn.turnId(), turn.offset())) {
          fates.add(of(entry, entry.chatOf(turn), turn));
        }
      }
    }
    forgotten.all().forEach((turnId, chatId) -> fates.add(forgotten(chatId, turnId)));
    return fates;
  }

  /** Of a turn that a chat has, or had until it was forgotten; empty if it has it not. */
  Optional<TurnFate> of(String chatId, String turnId) {
    if (forgotten.contain(turnId)) {
      return Optional.of(forgotten(chatId, turnId));
    }
    Chat chat = chats.find(chatId);
    SaidTurn said = chat == null ? null : chat.turn(turnId);
    return said == null ? Optional.empty() : Optional.of(of(said));
  }

  /**
   * Of a turn that an entry names: as its chat has it now, or, if the chat has it no more, as the
   * entry tells.
   */
  TurnFate now(LedgerEntry entry, LedgerTurn turn) {
    Chat chat = chats.find(entry.chatOf(turn));
    SaidTurn said = chat == null ? null : chat.turn(turn.turnId());
    return said == null ? of(entry, entry.chatOf(turn), turn) : of(said);
  }

  private TurnFate of(SaidTurn said) {
    Utterance utterance = utterances.of(said);
    String chatId = said.chat().id();
    LedgerEntry entry = utterance.batchId() == null ? null : ledger.get(utterance.batchId());
    if (entry != null) {
      return of(entry, chatId, said.toLedger(chatId));
    }
    boolean waits = said.worthAMemory() || utterance.rewriteOf() != null;
    return new TurnFate(
        chatId,
        said.turnId(),
        said.hash(),
        said.offset(),
        false,
        waits ? Fate.PENDING : Fate.SKIPPED,
        waits ? null : said.reason(),
        null,
        List.of());
  }

  private static TurnFate forgotten(String chatId, String turnId) {
    return new TurnFate(chatId, turnId, "", NOWHERE, true, Fate.FORGOTTEN, null, null, List.of());
  }

  private TurnFate of(LedgerEntry entry, String chatId, LedgerTurn turn) {
    if (forgotten.contain(turn.turnId())) {
      return forgotten(chatId, turn.turnId());
    }
    return new TurnFate(
        chatId,
        turn.turnId(),
        turn.hash(),
        turn.offset(),
        turn.gone(),
        entry.fate(),
        entry.reason(),
        entry.batchId(),
        entry.memoryIds());
  }
}
