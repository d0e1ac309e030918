package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.GroupDirectory;
import dev.tavernmem0.watcher.files.TavernTree;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The groups of all users. Not thread-safe. */
final class Groups {
  private static final Logger LOG = LoggerFactory.getLogger(Groups.class);

  private final TavernTree tree;
  private final Clock clock;
  private final Duration fresh;
  private final Map<String, GroupDirectory> byHandle = new HashMap<>();
  private final Map<ChatPath, Group> known = new HashMap<>();
  private final Set<ChatPath> reported = new HashSet<>();

  /** {@code fresh}: how old what is known of the groups' files may be. */
  Groups(TavernTree tree, Clock clock, Duration fresh) {
    this.tree = tree;
    this.clock = clock;
    this.fresh = fresh;
  }

  /** The group of a group chat; empty for a solo chat and where no group lists the chat. */
  Optional<Group> ownerOf(ChatPath path) {
    if (path.character() != null) {
      return Optional.empty();
    }
    return byHandle
        .computeIfAbsent(
            path.handle(), handle -> new GroupDirectory(tree.groups(handle), clock, fresh))
        .ownerOf(path.stem());
  }

  /**
   * As {@link #ownerOf}. A chat that no group lists keeps the group it had (the group's file may be
   * unreadable for a moment); one that had none gets a group, and so a scope, of its own.
   */
  Group groupOf(ChatPath path) {
    Group before = known.get(path);
    Group group = ownerOf(path).orElseGet(() -> before == null ? unowned(path) : before);
    known.put(path, group);
    return group;
  }

  /** The group of a group chat that may be gone with its group; null for a solo chat. */
  @Nullable Group lastKnown(ChatPath path) {
    if (path.character() != null) {
      return null;
    }
    Group group = known.get(path);
    return group == null ? groupOf(path) : group;
  }

  private Group unowned(ChatPath path) {
    if (reported.add(path)) {
      LOG.warn("{} belongs to no group in groups/*.json; it is remembered on its own", path);
    }
    return new Group(path.stem(), path.stem(), List.of());
  }
}
