package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.identity.ChatIds;
import dev.tavernmem0.watcher.diff.ChatDiff;
import dev.tavernmem0.watcher.diff.ChatFile;
import dev.tavernmem0.watcher.diff.ChatHeader;
import dev.tavernmem0.watcher.diff.ChatSnapshot;
import dev.tavernmem0.watcher.diff.TurnContent;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.FileStamp;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.ChatEntry;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells which chat a file is. SillyTavern's only identifier, {@code chat_metadata.integrity}, is
 * shared by copies and missing in the first save of a group chat. Not thread-safe.
 */
final class ChatIdentity {
  private final ChatIndex index;
  private final TavernTree tree;
  private final Map<ChatPath, Long> vanished;

  /**
   * An identity over an index.
   *
   * @param vanished files that are gone and may appear elsewhere; a view
   */
  ChatIdentity(ChatIndex index, TavernTree tree, Map<ChatPath, Long> vanished) {
    this.index = index;
    this.tree = tree;
    this.vanished = vanished;
  }

  /** What a file that was not known turns out to be. */
  sealed interface Verdict {}

  /** A known chat under another name. */
  record Renamed(ChatPath from, ChatEntry entry) implements Verdict {}

  /**
   * A chat that was not known.
   *
   * @param maybeRenamed it has a twin; if that vanishes in a moment it was a rename after all
   */
  record New(ChatEntry entry, boolean maybeRenamed) implements Verdict {}

  /** Without integrity and without a user turn: SillyTavern will name it when it saves again. */
  record Unborn() implements Verdict {}

  Verdict of(ChatPath path, ChatFile file, Function<String, ChatSnapshot> snapshots) {
    ChatHeader header = file.header();
    String integrity = header.integrity();
    ChatPath from = renamedFrom(path, file, snapshots);
    if (from != null) {
      ChatEntry entry = index.get(from);
      if (entry != null) {
        return new Renamed(from, entry);
      }
    }
    if (integrity == null) {
      return hasUserTurn(file)
          ? new New(entry(ChatIds.ofPath(path.handle(), path.relative()), null, null), false)
          : new Unborn();
    }
    String chatId = ChatIds.ofIntegrity(path.handle(), integrity);
    if (index.hasChat(chatId)) {
      String copy = ChatIds.ofCopy(path.handle(), integrity, path.relative());
      return new New(entry(copy, integrity, chatId), true);
    }
    return new New(entry(chatId, integrity, branchedFrom(path, header)), false);
  }

  /**
   * Whether the file at a known path is still that chat.
   *
   * @return its entry; null if another chat has taken its place
   */
  static @Nullable ChatEntry stillThatChat(ChatEntry known, ChatFile file, ChatSnapshot snapshot) {
    String integrity = file.header().integrity();
    boolean sameName =
        known.integrity() == null || integrity == null || known.integrity().equals(integrity);
    if (sameName || snapshot.turns().isEmpty() || ChatDiff.related(snapshot, file)) {
      return known;
    }
    return null;
  }

  /** How many turns at the start are the same in both. */
  static int sharedPrefix(ChatSnapshot parent, ChatFile file) {
    int most = Math.min(parent.turns().size(), file.size());
    for (int i = 0; i < most; i++) {
      TurnContent one = parent.turns().get(i).content();
      TurnContent other = file.content(i);
      if (one.role() != other.role()
          || one.textHash() != other.textHash()
          || one.date() != other.date()) {
        return i;
      }
    }
    return most;
  }

  private @Nullable ChatPath renamedFrom(
      ChatPath path, ChatFile file, Function<String, ChatSnapshot> snapshots) {
    String integrity = file.header().integrity();
    return index.find(
        path.handle(),
        (candidate, entry) -> {
          if (candidate.equals(path)) {
            return false;
          }
          boolean same =
              integrity == null
                  ? entry.integrity() == null
                      && vanished.containsKey(candidate)
                      && ChatDiff.related(snapshots.apply(entry.chatId()), file)
                  : integrity.equals(entry.integrity());
          return same && FileStamp.of(tree.resolve(candidate)).isEmpty();
        });
  }

  private @Nullable String branchedFrom(ChatPath path, ChatHeader header) {
    String main = header.mainChat();
    if (main == null || main.isEmpty()) {
      return null;
    }
    ChatEntry parent = index.get(path.sibling(main));
    return parent == null ? null : parent.chatId();
  }

  private static boolean hasUserTurn(ChatFile file) {
    return file.contents().stream().anyMatch(content -> content.role() == Role.USER);
  }

  private static ChatEntry entry(
      String chatId, @Nullable String integrity, @Nullable String parent) {
    return new ChatEntry(chatId, integrity, parent, 0);
  }
}
