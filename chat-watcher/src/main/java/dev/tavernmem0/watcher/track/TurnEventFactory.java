package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnRef;
import dev.tavernmem0.common.identity.EventIds;
import dev.tavernmem0.common.identity.TurnIds;
import dev.tavernmem0.watcher.chatfile.ChatMessage;
import dev.tavernmem0.watcher.chatfile.SendDate;
import dev.tavernmem0.watcher.chatfile.TurnContent;
import dev.tavernmem0.watcher.diff.Change;
import dev.tavernmem0.watcher.diff.TurnState;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.GroupDirectory;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Makes turn events of changes. Thread-safe. */
final class TurnEventFactory {
  private final TrackerOptions options;
  private final Clock clock;

  TurnEventFactory(TrackerOptions options, Clock clock) {
    this.options = options;
    this.clock = clock;
  }

  /** What a message is in its chat, besides what its line says. */
  record Line(ChatMessage message, String raw, boolean greeting) {}

  /** Milliseconds since the epoch. */
  long now() {
    return clock.millis();
  }

  /** The event of a change; no line for a turn that is gone. */
  TurnEvent event(ChatContext chat, Change change, Cause cause, @Nullable Line line) {
    TurnState turn = change.turn();
    String turnId = turnId(chat, turn);
    TurnState before = change.before();
    Op op = op(change);
    int revision = op == Op.DELETE ? turn.revision() + 1 : turn.revision();
    return new TurnEvent(
        op,
        before == null ? null : new TurnRef(turnId, before.content().hash()),
        line == null ? null : turn(chat.path(), turnId, turn, change.index(), line),
        source(chat, cause, SnapshotMarker.FALSE, line),
        EventIds.of(chat.entry().chatId(), turnId, revision, op, state(turn, change.index())),
        clock.millis());
  }

  /** The event of a turn that a snapshot read. */
  TurnEvent read(
      ChatContext chat,
      TurnState turn,
      int index,
      SnapshotMarker marker,
      String snapshotId,
      Line line) {
    String turnId = turnId(chat, turn);
    return new TurnEvent(
        Op.READ,
        null,
        turn(chat.path(), turnId, turn, index, line),
        source(chat, Cause.SNAPSHOT, marker, line),
        EventIds.of(
            chat.entry().chatId(),
            turnId,
            turn.revision(),
            Op.READ,
            state(turn, index) + "/" + snapshotId),
        clock.millis());
  }

  /** The deletion of a turn of which only the log knows. */
  TurnEvent gone(ChatContext chat, TurnRef turn, Cause cause) {
    return new TurnEvent(
        Op.DELETE,
        turn,
        null,
        source(chat, cause, SnapshotMarker.FALSE, null),
        EventIds.of(
            chat.entry().chatId(), turn.turnId(), 0, Op.DELETE, turn.hash() + "/" + chat.saveId()),
        clock.millis());
  }

  /** The event of a snapshot that found no turn. */
  TurnEvent empty(ChatContext chat, SnapshotMarker marker, String snapshotId) {
    return new TurnEvent(
        Op.READ,
        null,
        null,
        source(chat, Cause.SNAPSHOT, marker, null),
        EventIds.of(chat.entry().chatId(), "", 0, Op.READ, snapshotId),
        clock.millis());
  }

  private Source source(ChatContext chat, Cause cause, SnapshotMarker marker, @Nullable Line line) {
    return new Source(
        "sillytavern",
        options.version(),
        options.name(),
        chat.savedMs(),
        marker,
        chat.path().handle(),
        chat.scope(),
        chat.path().kind(),
        chat.path().character(),
        chat.group(),
        chat.entry().chatId(),
        chat.path().fileName(),
        chat.entry().parentChatId(),
        cause,
        chat.saveId(),
        line == null || !options.includeRaw() ? null : line.raw());
  }

  /** The turn's id in its chat. */
  static String turnId(ChatContext chat, TurnState turn) {
    return TurnIds.mint(chat.entry().chatId(), turn.ordinal());
  }

  private static String state(TurnState turn, int index) {
    TurnContent content = turn.content();
    return content.hash() + "/" + content.hidden() + "/" + content.speaker() + "/" + index;
  }

  private static Op op(Change change) {
    if (change instanceof Change.Delete) {
      return Op.DELETE;
    }
    return change instanceof Change.Insert ? Op.CREATE : Op.UPDATE;
  }

  private static Turn turn(ChatPath path, String turnId, TurnState turn, int position, Line line) {
    ChatMessage message = line.message();
    SendDate date = message.sendDate();
    return new Turn(
        turnId,
        turn.content().hash(),
        position,
        message.role(),
        message.name(),
        agent(path, message),
        message.text(),
        date == null ? null : date.instant(),
        message.hidden(),
        line.greeting(),
        message.swipe(),
        message.swipes());
  }

  private static @Nullable String agent(ChatPath path, ChatMessage message) {
    if (message.role() != Role.ASSISTANT) {
      return null;
    }
    String avatar = message.avatar();
    if (avatar != null) {
      return GroupDirectory.stem(avatar);
    }
    return path.character() == null ? message.name() : path.character();
  }
}
