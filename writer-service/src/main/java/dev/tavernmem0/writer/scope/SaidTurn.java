package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A turn as its chat has it now. Holds no text: that stays in the log, at the offset.
 *
 * <p>What only the ledger knows of (role, length, place) is not known of a turn that was read back
 * from it. Not thread-safe; all but the place in the chat and the open offset never change.
 */
final class SaidTurn {
  private final String turnId;
  private final Chat chat;
  private final String utterance;
  private final String hash;
  private final long offset;
  private final @Nullable String reason;
  private final Role role;
  private final int tokens;
  private final Instant changedAt;
  private final Instant since;
  private final boolean backlog;

  private int position;
  private boolean open;

  /**
   * A turn.
   *
   * @param chat its chat
   * @param utterance what it says, as {@link Utterances} names it
   * @param hash the version
   * @param offset where that version stands in the log
   * @param reason why it is not worth a memory; null if it is
   * @param position index in the chat as far as known; counts among waiting turns only
   * @param role {@link Role#UNKNOWN} if only the ledger knows the turn
   * @param tokens length of what is to be written; 0 if only the ledger knows the turn
   * @param changedAt when its text last changed
   * @param since when the writer learned of it
   * @param backlog it was there before the watcher looked
   * @param open no entry of the ledger says so yet: its offset must not be committed
   */
  SaidTurn(
      String turnId,
      Chat chat,
      String utterance,
      String hash,
      long offset,
      @Nullable String reason,
      int position,
      Role role,
      int tokens,
      Instant changedAt,
      Instant since,
      boolean backlog,
      boolean open) {
    this.turnId = turnId;
    this.chat = chat;
    this.utterance = utterance;
    this.hash = hash;
    this.offset = offset;
    this.reason = reason;
    this.position = position;
    this.role = role;
    this.tokens = tokens;
    this.changedAt = changedAt;
    this.since = since;
    this.backlog = backlog;
    this.open = open;
  }

  /** As the ledger has it. */
  static SaidTurn restored(LedgerTurn turn, Chat chat, @Nullable String reason, Instant now) {
    return new SaidTurn(
        turn.turnId(),
        chat,
        turn.utterance(),
        turn.hash(),
        turn.offset(),
        reason,
        0,
        Role.UNKNOWN,
        0,
        Instant.MIN,
        now,
        false,
        false);
  }

  /** The same turn, worth a memory or not for another reason. */
  SaidTurn because(@Nullable String newReason) {
    return new SaidTurn(
        turnId, chat, utterance, hash, offset, newReason, position, role, tokens, changedAt, since,
        backlog, open);
  }

  String turnId() {
    return turnId;
  }

  Chat chat() {
    return chat;
  }

  String utterance() {
    return utterance;
  }

  String hash() {
    return hash;
  }

  long offset() {
    return offset;
  }

  @Nullable String reason() {
    return reason;
  }

  boolean worthAMemory() {
    return reason == null;
  }

  int position() {
    return position;
  }

  void moveTo(int newPosition) {
    position = newPosition;
  }

  Role role() {
    return role;
  }

  int tokens() {
    return tokens;
  }

  Instant changedAt() {
    return changedAt;
  }

  Instant since() {
    return since;
  }

  boolean backlog() {
    return backlog;
  }

  boolean open() {
    return open;
  }

  /** An entry of the ledger says it now. */
  void recorded() {
    open = false;
  }

  boolean unchangedFor(Duration time, Instant now) {
    return !changedAt.isAfter(now.minus(time));
  }

  LedgerTurn toLedger(String entrysChat) {
    String chatId = chat.id().equals(entrysChat) ? null : chat.id();
    return new LedgerTurn(turnId, chatId, utterance, hash, offset, false);
  }
}
