package dev.tavernmem0.watcher.track;

import dev.tavernmem0.watcher.files.ChatPath;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which files are to be looked at, and when: at once because they changed, after those because they
 * were there at the start, a little later because they may not be finished, or after all of these
 * and the time in which a vanished file may appear under another name. Not thread-safe.
 */
final class Agenda {
  /** How often it is seen whether a directory that cannot be seen is back. */
  private static final long UNREACHABLE_AGAIN_MS = 30_000;

  private final Clock clock;
  private final long settleMs;
  private final long renameWindowMs;
  private final Set<ChatPath> live = new LinkedHashSet<>();
  private final Set<ChatPath> backlog = new LinkedHashSet<>();
  private final Map<ChatPath, Long> laterAt = new HashMap<>();
  private final Map<ChatPath, Long> unfinishedSince = new HashMap<>();
  private final Map<ChatPath, Long> vanishedAt = new HashMap<>();
  private final Map<ChatPath, Long> unreachableAt = new HashMap<>();

  Agenda(Clock clock, Duration settle, Duration renameWindow) {
    this.clock = clock;
    this.settleMs = settle.toMillis();
    this.renameWindowMs = renameWindow.toMillis();
  }

  /** Were there at the start: to be looked at, in this order, when nothing changed meanwhile. */
  void addBacklog(Collection<ChatPath> paths) {
    backlog.addAll(paths);
  }

  /** Changed: to be looked at, in this order, before the backlog. */
  void add(Collection<ChatPath> paths) {
    live.addAll(paths);
    paths.forEach(backlog::remove);
  }

  /** The next file to look at; null if there is none at this moment. */
  @Nullable ChatPath next() {
    Iterator<ChatPath> first = hasLive() ? live.iterator() : backlog.iterator();
    if (!first.hasNext()) {
      return null;
    }
    ChatPath path = first.next();
    first.remove();
    laterAt.remove(path);
    return path;
  }

  /** Whether something that changed is to be looked at now. */
  boolean hasLive() {
    addDue();
    return !live.isEmpty();
  }

  /** Nothing waits, except for vanished files to appear elsewhere. */
  boolean isDone() {
    return live.isEmpty() && backlog.isEmpty() && laterAt.isEmpty();
  }

  /** When something is due, milliseconds since the epoch; null for never. */
  @Nullable Long nextLook() {
    return Stream.concat(
            laterAt.values().stream(), vanishedAt.values().stream().map(at -> at + renameWindowMs))
        .min(Long::compare)
        .orElse(null);
  }

  /**
   * A file seems unfinished.
   *
   * @return whether it is looked at again; false once it was given its time
   */
  boolean postpone(ChatPath path) {
    long since = unfinishedSince.computeIfAbsent(path, p -> clock.millis());
    if (clock.millis() - since >= settleMs) {
      return false;
    }
    later(path);
    return true;
  }

  /** A file was taken as it is. */
  void finished(ChatPath path) {
    unfinishedSince.remove(path);
  }

  /** A file is there. */
  void found(ChatPath path) {
    vanishedAt.remove(path);
    unreachableAt.remove(path);
  }

  /**
   * A known file is not there.
   *
   * @return whether it was given the time to appear under another name
   */
  boolean vanished(ChatPath path) {
    finished(path);
    unreachableAt.remove(path);
    Long since = vanishedAt.putIfAbsent(path, clock.millis());
    if (since == null) {
      // What looked like a copy may turn out to be this one under another name.
      live.addAll(laterAt.keySet());
      return false;
    }
    if (clock.millis() - since < renameWindowMs) {
      return false;
    }
    vanishedAt.remove(path);
    return true;
  }

  /**
   * Of a known file it cannot be told whether it is there. Nothing tells when that can be: a file
   * that is gone by then is in no listing.
   */
  void unreachable(ChatPath path) {
    finished(path);
    vanishedAt.remove(path);
    unreachableAt.put(path, clock.millis());
  }

  /** A file is not there and nobody waits for it. */
  void forget(ChatPath path) {
    finished(path);
    vanishedAt.remove(path);
    unreachableAt.remove(path);
  }

  /** Whether a file is gone and may appear elsewhere. */
  boolean isVanished(ChatPath path) {
    return vanishedAt.containsKey(path);
  }

  /** The files that are gone and may appear elsewhere. */
  Set<ChatPath> vanished() {
    return Set.copyOf(vanishedAt.keySet());
  }

  /** A vanished file appeared elsewhere. */
  void appearedElsewhere(ChatPath path) {
    vanishedAt.remove(path);
    unreachableAt.remove(path);
    live.remove(path);
    backlog.remove(path);
  }

  private void later(ChatPath path) {
    laterAt.put(path, clock.millis() + Math.max(1, settleMs / 10));
  }

  private void addDue() {
    long time = clock.millis();
    laterAt.forEach(
        (path, at) -> {
          if (at <= time) {
            live.add(path);
          }
        });
    laterAt.keySet().removeIf(live::contains);
    if (isDone()) {
      // Whatever is still to be looked at may be one of them, however long that takes.
      vanishedAt.forEach(
          (path, at) -> {
            if (time - at >= renameWindowMs) {
              live.add(path);
            }
          });
    }
    unreachableAt.forEach(
        (path, at) -> {
          if (time - at >= UNREACHABLE_AGAIN_MS) {
            live.add(path);
          }
        });
    laterAt.keySet().removeIf(live::contains);
  }
}
