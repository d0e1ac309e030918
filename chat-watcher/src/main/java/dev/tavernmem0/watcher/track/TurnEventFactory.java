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
import dev.tavernmem0.watcher.diff.Change;
import dev.tavernmem0.watcher.diff.ChatMessage;
import dev.tavernmem0.watcher.diff.SendDate;
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

  TurnEvent event(
      ChatContext chat, Change change, Cause cause, SnapshotMarker snapshot, @Nullable Line line) {
    TurnState turn = change.turn();
    String chatId = chat.entry().chatId();
    String turnId = TurnIds.mint(chatId, turn.ordinal());
    TurnState before = change.before();
    Op op = op(change, snapshot);
    int revision = op == Op.DELETE ? turn.revision() + 1 : turn.revision();
    String state = turn.content().hash() + "/" + turn.content().hidden() + "/" + change.index();
    return new TurnEvent(
        op,
        before == null ? null : new TurnRef(turnId, before.content().hash()),
        line == null ? null : turn(chat.path(), turnId, turn, change.index(), line),
        new Source(
            "sillytavern",
            options.version(),
            options.name(),
            chat.savedMs(),
            snapshot,
            chat.path().handle(),
            chat.path().kind(),
            chat.path().character(),
            chat.group(),
            chatId,
            chat.path().fileName(),
            chat.entry().parentChatId(),
            cause,
            chat.saveId(),
            line == null || !options.includeRaw() ? null : line.raw()),
        EventIds.of(chatId, turnId, revision, op, state),
        clock.millis());
  }

  private static Op op(Change change, SnapshotMarker snapshot) {
    if (change instanceof Change.Delete) {
      return Op.DELETE;
    }
    if (change instanceof Change.Insert) {
      return snapshot == SnapshotMarker.FALSE ? Op.CREATE : Op.READ;
    }
    return Op.UPDATE;
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
