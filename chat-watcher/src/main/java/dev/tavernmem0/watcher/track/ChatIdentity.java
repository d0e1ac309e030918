package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.identity.ChatIds;
import dev.tavernmem0.watcher.diff.ChatDiff;
import dev.tavernmem0.watcher.diff.ChatFile;
import dev.tavernmem0.watcher.diff.ChatHeader;
import dev.tavernmem0.watcher.diff.ChatSnapshot;
import dev.tavernmem0.watcher.diff.TurnContent;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.ChatEntry;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tells which chat a file is. SillyTavern's only identifier, {@code chat_metadata.integrity}, is
 * shared by copies and missing in the first save of a group chat. Not thread-safe.
 */
final class ChatIdentity {
  private final ChatIndex index;
  private final TavernTree tree;
  private final Agenda agenda;

  ChatIdentity(ChatIndex index, TavernTree tree, Agenda agenda) {
    this.index = index;
    this.tree = tree;
    this.agenda = agenda;
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

  /**
   * What a file is.
   *
   * @param snapshots the turns of a known chat
   * @param compare whether a chat without integrity is compared with all others of that kind; too
   *     slow while many are looked at
   */
  Verdict of(
      ChatPath path, ChatFile file, Function<String, ChatSnapshot> snapshots, boolean compare) {
    ChatPath from = renamedFrom(path, file, snapshots);
    ChatEntry renamed = from == null ? null : index.get(from);
    if (from != null && renamed != null) {
      return new Renamed(from, renamed);
    }
    String handle = path.handle();
    String integrity = file.header().integrity();
    if (integrity == null) {
      if (!hasUserTurn(file)) {
        return new Unborn();
      }
      String chatId = unused(path, relative -> ChatIds.ofPath(handle, relative));
      String twin = compare ? sameContent(path, file, snapshots) : null;
      return new New(new ChatEntry(chatId, null, twin, 0), twin != null);
    }
    String twin = sameIntegrity(handle, integrity);
    if (twin != null) {
      String chatId = unused(path, relative -> ChatIds.ofCopy(handle, integrity, relative));
      return new New(new ChatEntry(chatId, integrity, twin, 0), true);
    }
    String chatId = ChatIds.ofIntegrity(handle, integrity);
    return new New(new ChatEntry(chatId, integrity, branchedFrom(path, file.header()), 0), false);
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

  /**
   * The path that the chat had before. Of several (a chat and its copy in a renamed character's
   * directory) the one that kept its file name. What a crash left of an earlier rename, a path
   * whose chat has another one already, is none.
   */
  private @Nullable ChatPath renamedFrom(
      ChatPath path, ChatFile file, Function<String, ChatSnapshot> snapshots) {
    String integrity = file.header().integrity();
    List<ChatPath> candidates =
        index.find(
            path.handle(),
            (candidate, entry) -> {
              if (candidate.equals(path) || index.isTwice(entry.chatId())) {
                return false;
              }
              if (entry.integrity() == null) {
                return agenda.isVanished(candidate)
                    && ChatDiff.related(snapshots.apply(entry.chatId()), file);
              }
              return entry.integrity().equals(integrity) && tree.stamp(candidate).isEmpty();
            });
    return candidates.stream()
        .filter(candidate -> candidate.fileName().equals(path.fileName()))
        .findFirst()
        .orElse(candidates.isEmpty() ? null : candidates.get(0));
  }

  /** The chat that has this integrity, or had it when it was first seen; null if there is none. */
  private @Nullable String sameIntegrity(String handle, String integrity) {
    String chatId = ChatIds.ofIntegrity(handle, integrity);
    if (index.hasChat(chatId)) {
      return chatId;
    }
    return chatId(index.find(handle, (candidate, entry) -> integrity.equals(entry.integrity())));
  }

  /** A chat without integrity that says exactly the same; null if there is none. */
  private @Nullable String sameContent(
      ChatPath path, ChatFile file, Function<String, ChatSnapshot> snapshots) {
    return chatId(
        index.find(
            path.handle(),
            (candidate, entry) -> {
              if (candidate.equals(path) || entry.integrity() != null) {
                return false;
              }
              ChatSnapshot other = snapshots.apply(entry.chatId());
              return other.turns().size() == file.size()
                  && sharedPrefix(other, file) == file.size();
            }));
  }

  private @Nullable String chatId(List<ChatPath> paths) {
    ChatEntry entry = paths.isEmpty() ? null : index.get(paths.get(0));
    return entry == null ? null : entry.chatId();
  }

  /** A path gives its id to one chat only, even if that chat was renamed since. */
  private String unused(ChatPath path, UnaryOperator<String> idOf) {
    String chatId = idOf.apply(path.relative());
    for (int n = 2; index.hasChat(chatId); n++) {
      chatId = idOf.apply(path.relative() + "/" + n);
    }
    return chatId;
  }

  private @Nullable String branchedFrom(ChatPath path, ChatHeader header) {
    String main = header.mainChat();
    ChatEntry parent = main == null ? null : index.get(path.sibling(main));
    return parent == null ? null : parent.chatId();
  }

  private static boolean hasUserTurn(ChatFile file) {
    return file.contents().stream().anyMatch(content -> content.role() == Role.USER);
  }
}
