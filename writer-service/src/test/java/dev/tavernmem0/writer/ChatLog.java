package dev.tavernmem0.writer;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.ChatKind;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnRef;
import dev.tavernmem0.common.identity.EventIds;
import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.TurnHash;
import dev.tavernmem0.common.identity.TurnIds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A chat as a user has it, telling what happens to it in turn events, as the watcher does. */
public final class ChatLog {
  private final String handle;
  private final String chatId;
  private final String character;
  private final Consumer<TurnEvent> sink;
  private final List<Turn> turns = new ArrayList<>();
  private long minted;
  private long revisions;
  private long saves;
  private Instant now = Instant.now();
  private boolean silent;

  public ChatLog(String chatId, String character, Consumer<TurnEvent> sink) {
    this("default-user", chatId, character, sink);
  }

  /** A chat of a user. */
  public ChatLog(String handle, String chatId, String character, Consumer<TurnEvent> sink) {
    this.handle = handle;
    this.chatId = chatId;
    this.character = character;
    this.sink = sink;
  }

  /** The time of the saves that follow. */
  public ChatLog at(Instant time) {
    now = time;
    return this;
  }

  public String chatId() {
    return chatId;
  }

  /** The chat as it is now. */
  public List<Turn> turns() {
    return List.copyOf(turns);
  }

  public Turn user(String text) {
    return append(Role.USER, "Alex", text, Op.CREATE, Cause.APPEND);
  }

  public Turn reply(String text) {
    return append(Role.ASSISTANT, character, text, Op.CREATE, Cause.APPEND);
  }

  /**
   * Says what another chat says, in the same words at the same time: a branch, a copy, an import.
   */
  public ChatLog copyOf(ChatLog other, int turnsOfIt) {
    for (Turn turn : other.turns.subList(0, Math.min(turnsOfIt, other.turns.size()))) {
      Turn copy =
          new Turn(
              TurnIds.mint(chatId, minted++),
              turn.hash(),
              turns.size(),
              turn.role(),
              turn.name(),
              turn.agent(),
              turn.text(),
              turn.sentAt(),
              turn.hidden(),
              turn.greeting(),
              turn.swipe(),
              turn.swipes());
      turns.add(copy);
      save(Op.CREATE, null, copy, Cause.APPEND);
    }
    return this;
  }

  /** A snapshot of the whole chat as it is now. */
  public void read() {
    saves++;
    for (int i = 0; i < turns.size(); i++) {
      SnapshotMarker marker = SnapshotMarker.TRUE;
      if (i == turns.size() - 1) {
        marker = SnapshotMarker.LAST_IN_DATA_COLLECTION;
      } else if (i == 0) {
        marker = SnapshotMarker.FIRST_IN_DATA_COLLECTION;
      }
      Turn turn = turns.get(i);
      Turn read =
          new Turn(
              turn.turnId(),
              turn.hash(),
              i,
              turn.role(),
              turn.name(),
              turn.agent(),
              turn.text(),
              turn.sentAt(),
              turn.hidden(),
              turn.greeting(),
              turn.swipe(),
              turn.swipes());
      emit(Op.READ, null, read, Cause.SNAPSHOT, marker);
    }
    if (turns.isEmpty()) {
      emit(Op.READ, null, null, Cause.SNAPSHOT, SnapshotMarker.LAST_IN_DATA_COLLECTION);
    }
  }

  /** Its turns come and go without an event, until {@link #read} tells. */
  public void loseEventsOf(Runnable what) {
    silent = true;
    what.run();
    silent = false;
  }

  /** A turn that was deleted is there again, under its id. */
  public void restore(int position, Turn deleted) {
    Turn turn =
        new Turn(
            deleted.turnId(),
            deleted.hash(),
            position,
            deleted.role(),
            deleted.name(),
            deleted.agent(),
            deleted.text(),
            deleted.sentAt(),
            deleted.hidden(),
            deleted.greeting(),
            deleted.swipe(),
            deleted.swipes());
    turns.add(position, turn);
    save(Op.CREATE, null, turn, Cause.INSERT);
  }

  /** The user's line is another persona's. */
  public void speaker(int position, String name) {
    Turn old = turns.get(position);
    Turn turn =
        new Turn(
            old.turnId(),
            old.hash(),
            position,
            old.role(),
            name,
            old.agent(),
            old.text(),
            old.sentAt(),
            old.hidden(),
            old.greeting(),
            old.swipe(),
            old.swipes());
    turns.set(position, turn);
    save(Op.UPDATE, new TurnRef(old.turnId(), old.hash()), turn, Cause.SPEAKER);
  }

  /** A turn that was there before the watcher. */
  public Turn snapshot(Role role, String text) {
    return append(role, role == Role.USER ? "Alex" : character, text, Op.READ, Cause.APPEND);
  }

  public Turn append(Role role, String name, String text, Op op, Cause cause) {
    return insert(turns.size(), role, name, text, op, cause);
  }

  public Turn insert(int position, Role role, String name, String text, Op op, Cause cause) {
    Turn turn =
        new Turn(
            TurnIds.mint(chatId, minted++),
            TurnHash.of(role, text),
            position,
            role,
            name,
            role == Role.ASSISTANT ? character : null,
            text,
            now,
            false,
            false,
            0,
            1);
    turns.add(position, turn);
    save(op, null, turn, cause);
    return turn;
  }

  public void edit(int position, String text) {
    change(position, text, turns.get(position).hidden(), Cause.EDIT);
  }

  public void swipe(int position, String text) {
    change(position, text, turns.get(position).hidden(), Cause.SWIPE);
  }

  public void hide(int position, boolean hidden) {
    change(position, turns.get(position).text(), hidden, hidden ? Cause.HIDE : Cause.UNHIDE);
  }

  private void change(int position, String text, boolean hidden, Cause cause) {
    Turn old = turns.get(position);
    Turn turn =
        new Turn(
            old.turnId(),
            TurnHash.of(old.role(), text),
            position,
            old.role(),
            old.name(),
            old.agent(),
            text,
            old.sentAt(),
            hidden,
            old.greeting(),
            old.swipe(),
            old.swipes());
    turns.set(position, turn);
    save(Op.UPDATE, new TurnRef(old.turnId(), old.hash()), turn, cause);
  }

  public void delete(int position) {
    saves++;
    remove(position, Cause.DELETE);
  }

  /** The file is gone. */
  public void deleteChat() {
    saves++;
    while (!turns.isEmpty()) {
      remove(turns.size() - 1, Cause.CHAT_DELETED);
    }
  }

  private void remove(int position, Cause cause) {
    Turn old = turns.remove(position);
    emit(Op.DELETE, new TurnRef(old.turnId(), old.hash()), null, cause);
  }

  private void save(Op op, @Nullable TurnRef before, Turn after, Cause cause) {
    saves++;
    emit(op, before, after, cause);
  }

  private void emit(Op op, @Nullable TurnRef before, @Nullable Turn after, Cause cause) {
    emit(op, before, after, cause, op == Op.READ ? SnapshotMarker.TRUE : SnapshotMarker.FALSE);
  }

  private void emit(
      Op op, @Nullable TurnRef before, @Nullable Turn after, Cause cause, SnapshotMarker marker) {
    if (silent) {
      return;
    }
    String turnId =
        after == null ? String.valueOf(before == null ? null : before.turnId()) : after.turnId();
    sink.accept(
        new TurnEvent(
            op,
            before,
            after,
            new Source(
                "sillytavern",
                "test",
                "tavern",
                now.toEpochMilli(),
                marker,
                handle,
                Mem0Ids.character(character),
                ChatKind.SOLO,
                character,
                null,
                chatId,
                chatId + ".jsonl",
                null,
                cause,
                "save-" + saves,
                null),
            EventIds.of(chatId, turnId, revisions++, op, ""),
            now.toEpochMilli()));
  }
}
