package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.identity.ChatIds;
import dev.tavernmem0.watcher.chatfile.ChatFile;
import dev.tavernmem0.watcher.chatfile.ChatHeader;
import dev.tavernmem0.watcher.diff.ChatDiff;
import dev.tavernmem0.watcher.diff.ChatSnapshot;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.ChatEntry;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tells which chat a file is. SillyTavern's only identifier, {@code chat_metadata.integrity}, is
 * shared by copies and missing in the first save of a group chat. Not thread-safe.
 */
final class ChatIdentity {
  /** Chats without integrity that vanish together: more are not compared with a new one. */
  private static final int MOST_COMPARED = 64;

  private final ChatIndex index;
  private final KnownTurns turns;
  private final TavernTree tree;
  private final RenamedDirectories directories;
  private final Agenda agenda;

  ChatIdentity(
      ChatIndex index,
      KnownTurns turns,
      TavernTree tree,
      RenamedDirectories directories,
      Agenda agenda) {
    this.index = index;
    this.turns = turns;
    this.tree = tree;
    this.directories = directories;
    this.agenda = agenda;
  }

  /** What a file that was not known turns out to be. */
  sealed interface Verdict {}

  /** A known chat under another name. */
  record Renamed(ChatPath from, ChatEntry entry) implements Verdict {}

  /**
   * A chat that was not known.
   *
   * @param maybeRenamed it may be a known chat whose file vanishes in a moment: one with the same
   *     integrity, or, for a chat without one, any
   */
  record New(ChatEntry entry, boolean maybeRenamed) implements Verdict {}

  /** Without integrity and without a user turn: SillyTavern will name it when it saves again. */
  record Unborn() implements Verdict {}

  /** What a file is. */
  Verdict of(ChatPath path, ChatFile file) {
    ChatPath from = renamedFrom(path, file);
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
      return new New(new ChatEntry(chatId, null, null), true);
    }
    String twin = sameIntegrity(handle, integrity);
    if (twin != null) {
      String chatId = unused(path, relative -> ChatIds.ofCopy(handle, integrity, relative));
      return new New(new ChatEntry(chatId, integrity, twin), true);
    }
    String chatId = ChatIds.ofIntegrity(handle, integrity);
    return new New(new ChatEntry(chatId, integrity, null), false);
  }

  /** The known chat that a header names as its parent; null if it names none. */
  @Nullable String parentOf(ChatPath path, ChatHeader header) {
    String main = header.mainChat();
    ChatEntry parent = main == null ? null : index.get(path.sibling(main));
    return parent == null ? null : parent.chatId();
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
    return sameName || ChatDiff.related(snapshot, file) ? known : null;
  }

  /**
   * The path that the chat had before. Of several (a chat and its copy in a renamed character's
   * directory) the one that kept its file name; none whose character has a new directory where it
   * is too. What a crash left of an earlier rename, a path whose chat has another one already, is
   * none.
   */
  private @Nullable ChatPath renamedFrom(ChatPath path, ChatFile file) {
    String integrity = file.header().integrity();
    if (integrity != null) {
      List<ChatPath> candidates =
          index.withIntegrity(path.handle(), integrity).stream()
              .filter(candidate -> !candidate.equals(path) && !isTwice(candidate))
              .filter(candidate -> tree.stamp(candidate).isEmpty())
              .filter(candidate -> !directories.isElsewhere(candidate, path))
              .toList();
      if (!candidates.isEmpty()) {
        return candidates.stream()
            .filter(candidate -> candidate.fileName().equals(path.fileName()))
            .findFirst()
            .orElse(candidates.get(0));
      }
    }
    return agenda.vanished().stream()
        .filter(candidate -> candidate.handle().equals(path.handle()))
        .sorted(Comparator.comparing(candidate -> !candidate.fileName().equals(path.fileName())))
        .limit(MOST_COMPARED)
        .filter(candidate -> !candidate.equals(path) && wasThis(candidate, file))
        .findFirst()
        .orElse(null);
  }

  /** Whether a vanished chat that had no integrity says what the file says. */
  private boolean wasThis(ChatPath vanished, ChatFile file) {
    ChatEntry entry = index.get(vanished);
    return entry != null
        && entry.integrity() == null
        && !isTwice(vanished)
        && ChatDiff.related(turns.of(entry).snapshot(), file);
  }

  private boolean isTwice(ChatPath path) {
    ChatEntry entry = index.get(path);
    return entry != null && index.isTwice(entry.chatId());
  }

  /** The chat that has this integrity, or had it when it was first seen; null if there is none. */
  private @Nullable String sameIntegrity(String handle, String integrity) {
    String chatId = ChatIds.ofIntegrity(handle, integrity);
    if (index.hasChat(chatId)) {
      return chatId;
    }
    for (ChatPath path : index.withIntegrity(handle, integrity)) {
      ChatEntry entry = index.get(path);
      if (entry != null) {
        return entry.chatId();
      }
    }
    return null;
  }

  /** A path gives its id to one chat only, even if that chat was renamed since. */
  private String unused(ChatPath path, UnaryOperator<String> idOf) {
    String chatId = idOf.apply(path.relative());
    for (int n = 2; index.hasChat(chatId); n++) {
      chatId = idOf.apply(path.relative() + "/" + n);
    }
    return chatId;
  }

  private static boolean hasUserTurn(ChatFile file) {
    return file.contents().stream().anyMatch(content -> content.role() == Role.USER);
  }
}
