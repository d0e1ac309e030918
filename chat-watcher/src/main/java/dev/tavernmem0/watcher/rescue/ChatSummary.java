package dev.tavernmem0.watcher.rescue;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.Source;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A chat that can be rescued; no chat text.
 *
 * @param character avatar file's stem; null for a group chat
 * @param group null for a solo chat
 * @param chatFile name of the file that it was last in
 * @param turns that it has, or had when it was deleted
 * @param rawTurns how many of these have their line in the log
 * @param firstSavedAt the earliest save that the log has of it
 * @param lastSavedAt the last one
 * @param mostTurns the most turns that it ever had, as far as the log knows
 * @param mostTurnsAt the last save that left it with as many
 * @param deletedAt null if it is there
 */
public record ChatSummary(
    String handle,
    @Nullable String character,
    @Nullable GroupName group,
    String chatId,
    String chatFile,
    int turns,
    int rawTurns,
    Instant firstSavedAt,
    Instant lastSavedAt,
    int mostTurns,
    Instant mostTurnsAt,
    @Nullable Instant deletedAt) {

  /** A group, without its members. */
  public record GroupName(String id, String name) {}

  static ChatSummary of(ChatFold<Boolean> fold) {
    Source source = fold.source();
    Group group = source.group();
    Long deletedMs = fold.deletedMs();
    return new ChatSummary(
        source.handle(),
        source.character(),
        group == null ? null : new GroupName(group.id(), group.name()),
        source.chatId(),
        source.chatFile(),
        fold.size(),
        (int) fold.turns().stream().filter(raw -> raw).count(),
        Instant.ofEpochMilli(fold.firstMs()),
        Instant.ofEpochMilli(fold.savedMs()),
        fold.mostTurns(),
        Instant.ofEpochMilli(fold.mostTurnsMs()),
        deletedMs == null ? null : Instant.ofEpochMilli(deletedMs));
  }

  /** The same chat in two scopes: it is where it was saved last, or else where it lives. */
  ChatSummary orIn(ChatSummary other) {
    boolean stays =
        lastSavedAt.equals(other.lastSavedAt)
            ? deletedAt == null || other.deletedAt != null
            : lastSavedAt.isAfter(other.lastSavedAt);
    ChatSummary current = stays ? this : other;
    ChatSummary past = stays ? other : this;
    ChatSummary most = past.mostTurns > current.mostTurns ? past : current;
    return new ChatSummary(
        current.handle,
        current.character,
        current.group,
        current.chatId,
        current.chatFile,
        current.turns,
        current.rawTurns,
        past.firstSavedAt.isBefore(current.firstSavedAt) ? past.firstSavedAt : current.firstSavedAt,
        current.lastSavedAt,
        most.mostTurns,
        most.mostTurnsAt,
        current.deletedAt);
  }
}
