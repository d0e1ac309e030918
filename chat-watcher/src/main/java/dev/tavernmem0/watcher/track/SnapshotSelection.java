package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.watcher.files.ChatPath;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which chats a snapshot is of. What is left empty selects all; what is given narrows it.
 * Characters and groups stand beside each other: a chat has one or the other.
 *
 * @param handles users
 * @param characters avatar file stems
 * @param groups group ids or names
 * @param chats chat ids, or file names without their extension
 * @param from chats whose file changed then or later; null for any
 * @param to chats whose file changed before; null for any
 */
public record SnapshotSelection(
    List<String> handles,
    List<String> characters,
    List<String> groups,
    List<String> chats,
    @Nullable Instant from,
    @Nullable Instant to) {
  /** Some thousand chats by their ids. */
  public static final int MOST_CHARS = 50_000;

  /** Every chat. */
  public static final SnapshotSelection ALL =
      new SnapshotSelection(null, null, null, null, null, null);

  public SnapshotSelection(
      @Nullable List<String> handles,
      @Nullable List<String> characters,
      @Nullable List<String> groups,
      @Nullable List<String> chats,
      @Nullable Instant from,
      @Nullable Instant to) {
    this.handles = copy(handles);
    this.characters = copy(characters);
    this.groups = copy(groups);
    this.chats = copy(chats);
    this.from = from;
    this.to = to;
  }

  /**
   * Whether a chat is one of them.
   *
   * @param group of a group chat; null for a solo chat
   * @param modifiedMs when its file changed, milliseconds since the epoch
   */
  public boolean matches(ChatPath path, String chatId, @Nullable Group group, long modifiedMs) {
    // A far time has no milliseconds: it is compared as it is.
    Instant modified = Instant.ofEpochMilli(modifiedMs);
    return (handles.isEmpty() || handles.contains(path.handle()))
        && isOfWanted(path.character(), group)
        && (chats.isEmpty() || chats.contains(chatId) || chats.contains(path.stem()))
        && (from == null || !modified.isBefore(from))
        && (to == null || modified.isBefore(to));
  }

  /** Whether its texts are few enough to be stored beside those of many other snapshots. */
  public boolean isBounded() {
    return Stream.of(handles, characters, groups, chats)
            .flatMap(List::stream)
            .mapToLong(String::length)
            .sum()
        <= MOST_CHARS;
  }

  private boolean isOfWanted(@Nullable String character, @Nullable Group group) {
    if (characters.isEmpty() && groups.isEmpty()) {
      return true;
    }
    return (character != null && characters.contains(character))
        || (group != null && (groups.contains(group.id()) || groups.contains(group.name())));
  }

  private static List<String> copy(@Nullable List<String> list) {
    return list == null ? List.of() : List.copyOf(list);
  }
}
