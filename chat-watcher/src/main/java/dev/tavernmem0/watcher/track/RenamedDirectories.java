package dev.tavernmem0.watcher.track;

import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.TavernTree;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which character's directory is which other one under a new name. SillyTavern renames a character
 * by copying its chats to a new directory and deleting the old one, so the chats tell. But a
 * directory may also have an import of another character's chat: it is that one which has most of
 * the old one's chats, and of several such old ones the one that nobody else can be.
 *
 * <p>Looks at the files anew each time. Not thread-safe.
 */
final class RenamedDirectories {
  /** A renamed character's chats are all in its new directory: a few are enough to find it. */
  private static final int MOST_LOOKED_FOR = 8;

  private final TavernTree tree;
  private final ChatIndex index;
  private final BiPredicate<ChatPath, ChatPath> isChatOf;

  /** {@code isChatOf}: whether the file at the first path is the chat known at the second. */
  RenamedDirectories(TavernTree tree, ChatIndex index, BiPredicate<ChatPath, ChatPath> isChatOf) {
    this.tree = tree;
    this.index = index;
    this.isChatOf = isChatOf;
  }

  /** A known chat that is not there any more, and where it is now. */
  record Moved(ChatPath known, ChatPath now) {}

  private record Candidate(Moved first, int chats, int rivals) {}

  /**
   * Which known chat says whose directory this one is under a new name: one that is not at its old
   * place, in another character's directory, any more. Only a directory without known chats of its
   * own can be that.
   *
   * @param path a chat in it that was not known there
   * @param from where that chat was before; null if that is not known
   * @return where the known chat was; null if there is none
   */
  @Nullable ChatPath predecessor(ChatPath path, @Nullable ChatPath from) {
    if (path.character() == null || isSettled(path, from)) {
      return null;
    }
    if (from != null && from.character() == null) {
      return null;
    }
    Moved moved = best(path, from);
    return moved == null ? null : moved.known();
  }

  /**
   * Where the character's chats are now, of whose directory nothing that is known is left: before a
   * new chat there is taken for one of that character.
   *
   * @param path a chat in that directory that was not known there
   * @return one of them; null if they are nowhere
   */
  @Nullable Moved successor(ChatPath path) {
    if (path.character() == null || isSettled(path, null)) {
      return null;
    }
    boolean noneKnown =
        index.in(path.handle(), path.directory()).stream().allMatch(known -> known.equals(path));
    Set<String> characters = noneKnown ? Set.of() : tree.characters(path.handle());
    for (String character : characters) {
      String directory = ChatPath.directoryOf(character);
      List<Moved> moved =
          directory.equals(path.directory())
              ? List.of()
              : moved(path.handle(), path.directory(), directory);
      if (!moved.isEmpty() && !isSettled(moved.get(0).now(), null)) {
        if (isOf(moved.get(0).now(), moved.get(0).known())) {
          return moved.get(0);
        }
      }
    }
    return null;
  }

  /**
   * Whether the directory that a known chat was in is another one now, where that chat is too, so
   * that a file with the chat's words elsewhere is an import of it.
   *
   * @param path that file
   */
  boolean isElsewhere(ChatPath known, ChatPath path) {
    if (known.character() == null || known.directory().equals(path.directory())) {
      return false;
    }
    for (String character : tree.characters(path.handle())) {
      ChatPath other =
          new ChatPath(path.handle(), ChatPath.directoryOf(character), known.fileName());
      boolean there =
          !other.directory().equals(path.directory())
              && !other.directory().equals(known.directory())
              && tree.stamp(other).isPresent()
              && !isSettled(other, null)
              && isChatOf.test(other, known);
      if (there && isOf(other, known) && (isSettled(path, null) || !isOf(path, known))) {
        return true;
      }
    }
    return false;
  }

  /** Whether a directory is the one of a known chat under a new name. */
  private boolean isOf(ChatPath path, ChatPath known) {
    Moved best = best(path, null);
    return best != null && best.known().directory().equals(known.directory());
  }

  /** Whether it is a directory of its own: it has known chats, or its chat only got a new name. */
  private boolean isSettled(ChatPath path, @Nullable ChatPath from) {
    return (from != null && from.directory().equals(path.directory()))
        || index.in(path.handle(), path.directory()).stream()
            .anyMatch(known -> !known.equals(path) && tree.stamp(known).isPresent());
  }

  private @Nullable Moved best(ChatPath path, @Nullable ChatPath from) {
    Set<String> directories = new LinkedHashSet<>();
    if (from != null) {
      directories.add(from.directory());
    }
    for (ChatPath file : tree.chatsIn(path.handle(), path.directory())) {
      for (ChatPath known : index.named(path.handle(), file.fileName())) {
        if (known.character() != null && !known.directory().equals(path.directory())) {
          directories.add(known.directory());
        }
      }
    }
    Candidate best = null;
    for (String directory : directories) {
      Candidate candidate = candidate(path, from, directory);
      boolean better =
          candidate != null
              && (best == null
                  || candidate.chats() > best.chats()
                  || (candidate.chats() == best.chats() && candidate.rivals() < best.rivals()));
      best = better ? candidate : best;
    }
    return best == null ? null : best.first();
  }

  private @Nullable Candidate candidate(ChatPath path, @Nullable ChatPath from, String directory) {
    String handle = path.handle();
    List<Moved> moved = new ArrayList<>(moved(handle, directory, path.directory()));
    if (from != null
        && from.directory().equals(directory)
        && moved.stream().noneMatch(other -> other.known().equals(from))) {
      moved.add(0, new Moved(from, path));
    }
    if (moved.isEmpty()) {
      return null;
    }
    int rivals = 0;
    for (String character : tree.characters(handle)) {
      String other = ChatPath.directoryOf(character);
      if (other.equals(directory) || other.equals(path.directory())) {
        continue;
      }
      List<Moved> there = moved(handle, directory, other);
      if (there.isEmpty() || isSettled(there.get(0).now(), null)) {
        continue;
      }
      if (there.size() > moved.size()) {
        return null;
      }
      rivals += there.size() == moved.size() ? 1 : 0;
    }
    return new Candidate(moved.get(0), moved.size(), rivals);
  }

  /** Chats that are not in the one directory any more, and are in the other. */
  private List<Moved> moved(String handle, String before, String now) {
    return index.in(handle, before).stream()
        .filter(known -> tree.stamp(known).isEmpty())
        .map(known -> new Moved(known, new ChatPath(handle, now, known.fileName())))
        .filter(moved -> tree.stamp(moved.now()).isPresent())
        .filter(moved -> isChatOf.test(moved.now(), moved.known()))
        .limit(MOST_LOOKED_FOR)
        .toList();
  }
}
