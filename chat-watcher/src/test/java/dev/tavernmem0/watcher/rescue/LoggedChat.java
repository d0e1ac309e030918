package dev.tavernmem0.watcher.rescue;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.ChatKind;
import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events of a chat, for tests: a line is its text, and its turn's id is the text's first letter.
 */
public final class LoggedChat {
  public final List<TurnEvent> log = new ArrayList<>();
  private final String chatId;
  private String scope = "Mara";
  private @Nullable Group group;
  private boolean raw = true;
  private Instant savedAt = Instant.EPOCH;
  private Instant noticedAt = Instant.EPOCH;
  private int saves;

  public LoggedChat(String chatId) {
    this.chatId = chatId;
  }

  public LoggedChat in(String otherScope) {
    scope = otherScope;
    return this;
  }

  public LoggedChat of(Group itsGroup) {
    group = itsGroup;
    return this;
  }

  public LoggedChat withoutRaw() {
    raw = false;
    return this;
  }

  /** What follows is of one save, noticed at once. */
  public LoggedChat saved(String at) {
    return saved(at, at);
  }

  public LoggedChat saved(String at, String noticed) {
    savedAt = Instant.parse(at);
    noticedAt = Instant.parse(noticed);
    saves++;
    return this;
  }

  public LoggedChat says(int position, String text) {
    return add(Op.CREATE, Cause.APPEND, SnapshotMarker.FALSE, position, text);
  }

  public LoggedChat changes(int position, String text) {
    return add(Op.UPDATE, Cause.EDIT, SnapshotMarker.FALSE, position, text);
  }

  public LoggedChat moves(int position, String text) {
    return add(Op.UPDATE, Cause.MOVE, SnapshotMarker.FALSE, position, text);
  }

  public LoggedChat deletes(String text) {
    return add(Op.DELETE, Cause.DELETE, SnapshotMarker.FALSE, 0, text);
  }

  /** The file is gone. */
  public LoggedChat isDeleted(String... texts) {
    for (String text : texts) {
      add(Op.DELETE, Cause.CHAT_DELETED, SnapshotMarker.FALSE, 0, text);
    }
    return this;
  }

  public LoggedChat reads(SnapshotMarker marker, int position, String text) {
    return add(Op.READ, Cause.SNAPSHOT, marker, position, text);
  }

  /** A snapshot of the chat as it is. */
  public LoggedChat isRead(String... texts) {
    for (int i = 0; i < texts.length; i++) {
      boolean last = i == texts.length - 1;
      reads(
          last ? SnapshotMarker.LAST_IN_DATA_COLLECTION : SnapshotMarker.INCREMENTAL, i, texts[i]);
    }
    return this;
  }

  public LoggedChat isReadEmpty() {
    log.add(
        new TurnEvent(
            Op.READ,
            null,
            null,
            source(Cause.SNAPSHOT, SnapshotMarker.LAST_IN_DATA_COLLECTION, null),
            "e" + log.size(),
            noticedAt.toEpochMilli()));
    return this;
  }

  public LoggedChat add(Op op, Cause cause, SnapshotMarker marker, int position, String text) {
    Turn turn =
        new Turn(
            text.substring(0, 1),
            "h",
            position,
            Role.ASSISTANT,
            "Mara",
            "Mara",
            text,
            null,
            false,
            false,
            0,
            1);
    return add(op, cause, marker, turn);
  }

  public LoggedChat add(Op op, Cause cause, SnapshotMarker marker, Turn turn) {
    boolean gone = op == Op.DELETE;
    log.add(
        new TurnEvent(
            op,
            op == Op.DELETE || op == Op.UPDATE ? new TurnRef(turn.turnId(), "h") : null,
            gone ? null : turn,
            source(cause, marker, gone || !raw ? null : turn.text()),
            "e" + log.size(),
            noticedAt.toEpochMilli()));
    return this;
  }

  private Source source(Cause cause, SnapshotMarker marker, @Nullable String line) {
    return new Source(
        "sillytavern",
        "test",
        "tavern",
        savedAt.toEpochMilli(),
        marker,
        "eve",
        scope,
        group == null ? ChatKind.SOLO : ChatKind.GROUP,
        group == null ? scope : null,
        group,
        chatId,
        "chat.jsonl",
        null,
        cause,
        "save-" + saves,
        line);
  }
}
