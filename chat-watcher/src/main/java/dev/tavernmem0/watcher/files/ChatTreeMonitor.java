package dev.tavernmem0.watcher.files;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which chat files changed, appeared or vanished. Every event of the file system means only
 * "look at this path"; what counts is the file's stamp. An overflow or a change of directories
 * means "look at everything". A rescan at an interval is always on: events get lost on some mounts,
 * and if a rescan finds what no event announced, rescans become as frequent as in {@link
 * WatchMode#POLL}.
 *
 * <p>A file is reported as vanished only if the directory it should be in could be listed (or is
 * itself gone from {@code chats}): an unmounted volume or an unreadable directory deletes nothing.
 *
 * <p>Not thread-safe, except {@link #close()}, which makes a waiting {@link #poll} return.
 */
public final class ChatTreeMonitor implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ChatTreeMonitor.class);

  private final TavernTree tree;
  private final @Nullable WatchService events;
  private final Duration pollInterval;
  private Duration rescanInterval;
  private final Map<WatchKey, Path> watched = new HashMap<>();
  private final Map<Path, WatchKey> keys = new HashMap<>();
  private final Map<ChatPath, FileStamp> known = new LinkedHashMap<>();
  private final Set<Path> reportedAsSkipped = new HashSet<>();
  private boolean rescanNow = true;
  private long lastRescan = System.nanoTime();
  private volatile boolean closed;
  private boolean rootReadable = true;

  /**
   * A monitor; the first poll reports every chat file there is.
   *
   * @param rescanInterval between rescans while events work
   * @param pollInterval between rescans while they don't
   */
  public ChatTreeMonitor(
      TavernTree tree, WatchMode mode, Duration rescanInterval, Duration pollInterval)
      throws IOException {
    this.tree = tree;
    this.pollInterval = pollInterval;
    this.rescanInterval = mode == WatchMode.POLL ? pollInterval : rescanInterval;
    this.events = mode == WatchMode.POLL ? null : tree.root().getFileSystem().newWatchService();
  }

  /**
   * Waits for changes.
   *
   * @param timeout how long to wait at most; zero looks at what is there already
   * @return the changed files, those that vanished included; empty after the timeout or a close
   */
  public Set<ChatPath> poll(Duration timeout) throws InterruptedException {
    Set<ChatPath> changed = new LinkedHashSet<>();
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!closed) {
      if (rescanNow || System.nanoTime() - lastRescan >= rescanInterval.toNanos()) {
        // What was announced while nobody listened is not to be taken for unannounced.
        takeEvents(changed, 0);
        rescan(changed);
      }
      long untilRescan = rescanInterval.toNanos() - (System.nanoTime() - lastRescan);
      long wait = Math.min(deadline - System.nanoTime(), untilRescan);
      boolean idle = changed.isEmpty() && !rescanNow;
      takeEvents(changed, idle ? Math.max(0, wait) : 0);
      if (!rescanNow && (!changed.isEmpty() || System.nanoTime() >= deadline)) {
        break;
      }
    }
    return changed;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    if (events != null) {
      events.close();
    }
  }

  private void takeEvents(Set<ChatPath> changed, long waitNanos) throws InterruptedException {
    if (events == null) {
      sleep(waitNanos);
      return;
    }
    try {
      WatchKey key = waitNanos > 0 ? events.poll(waitNanos, TimeUnit.NANOSECONDS) : events.poll();
      while (key != null) {
        take(key, changed);
        key = events.poll();
      }
    } catch (ClosedWatchServiceException e) {
      closed = true;
    }
  }

  /** In slices, so that {@link #close()} ends it. */
  private void sleep(long nanos) throws InterruptedException {
    long until = System.nanoTime() + nanos;
    while (!closed && System.nanoTime() < until) {
      TimeUnit.NANOSECONDS.sleep(
          Math.min(until - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(50)));
    }
  }

  private void take(WatchKey key, Set<ChatPath> changed) {
    Path directory = watched.get(key);
    for (WatchEvent<?> event : key.pollEvents()) {
      if (event.kind() == OVERFLOW) {
        LOG.info("too many changes at once in {}: looking at everything again", directory);
        rescanNow = true;
      } else if (directory != null && event.context() instanceof Path name) {
        touched(directory, name.toString(), changed);
      }
    }
    if (!key.reset()) {
      watched.remove(key);
      if (directory != null) {
        keys.remove(directory, key);
      }
      rescanNow = true;
    }
  }

  private void touched(Path directory, String name, Set<ChatPath> changed) {
    Path below = tree.root().relativize(directory);
    String first = below.toString();
    switch (first.isEmpty() ? 0 : below.getNameCount()) {
      case 0 -> rescanNow |= tree.isHandle(name);
      case 1 -> rescanNow |= name.equals(ChatPath.SOLO) || name.equals(ChatPath.GROUP);
      default -> {
        String parent = below.subpath(1, below.getNameCount()).toString();
        if (parent.equals(ChatPath.SOLO)) {
          rescanNow = true;
        } else if (ChatPath.isChatFile(name)) {
          look(new ChatPath(below.getName(0).toString(), parent, name), changed);
        }
      }
    }
  }

  private void look(ChatPath path, Set<ChatPath> changed) {
    Optional<FileStamp> stamp = FileStamp.of(tree.resolve(path));
    FileStamp before = stamp.isPresent() ? known.put(path, stamp.get()) : known.remove(path);
    if (!stamp.equals(Optional.ofNullable(before))) {
      changed.add(path);
    }
  }

  private void rescan(Set<ChatPath> changed) {
    boolean unannounced = !rescanNow && events != null;
    rescanNow = false;
    Scan scan = new Scan();
    scan.root();
    lastRescan = System.nanoTime();
    List<ChatPath> found = new ArrayList<>();
    scan.files.forEach(
        (path, stamp) -> {
          if (!stamp.equals(known.put(path, stamp))) {
            found.add(path);
          }
        });
    known.keySet().removeIf(path -> scan.vanished(path) && found.add(path));
    if (unannounced && !found.isEmpty() && stillUnannounced(found)) {
      LOG.warn(
          "{} changed without an event from the file system: scanning every {} ms from now on",
          found.get(0),
          pollInterval.toMillis());
      rescanInterval = pollInterval;
    }
    changed.addAll(found);
  }

  /** An event may merely be late; one that is 2 s late is lost. */
  private boolean stillUnannounced(List<ChatPath> found) {
    long recent = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - 2000);
    return found.stream()
        .map(known::get)
        .anyMatch(stamp -> stamp != null && stamp.modifiedNanos() < recent);
  }

  /** One look at everything. Directories are watched before they are listed: nothing is missed. */
  private final class Scan {
    private final Map<ChatPath, FileStamp> files = new LinkedHashMap<>();
    private final Set<String> listed = new HashSet<>();
    private final Set<String> unreadable = new HashSet<>();

    void root() {
      TavernTree.Listing listing = list(tree.root(), "");
      boolean readable = listing != null;
      if (readable != rootReadable) {
        rootReadable = readable;
        LOG.warn("data root {} is {}", tree.root(), readable ? "back" : "gone or unreadable");
      }
      if (listing != null) {
        skipLinks(tree.root(), listing.links().stream().filter(tree::isHandle).toList());
        listing.directories().stream().filter(tree::isHandle).sorted().forEach(this::handle);
      }
    }

    boolean vanished(ChatPath path) {
      if (files.containsKey(path)) {
        return false;
      }
      String directory = path.handle() + "/" + path.directory();
      boolean directoryGone =
          path.character() != null
              && listed.contains(path.handle() + "/" + ChatPath.SOLO)
              && !unreadable.contains(directory);
      return listed.contains(directory) || directoryGone;
    }

    private void handle(String handle) {
      Path directory = tree.root().resolve(handle);
      TavernTree.Listing listing = list(directory, handle);
      if (listing == null) {
        return;
      }
      skipLinks(
          directory,
          listing.links().stream()
              .filter(name -> name.equals(ChatPath.SOLO) || name.equals(ChatPath.GROUP))
              .toList());
      if (listing.directories().contains(ChatPath.SOLO)) {
        characters(handle, directory.resolve(ChatPath.SOLO));
      }
      if (listing.directories().contains(ChatPath.GROUP)) {
        chats(handle, ChatPath.GROUP);
      }
    }

    private void characters(String handle, Path directory) {
      TavernTree.Listing listing = list(directory, handle + "/" + ChatPath.SOLO);
      if (listing != null) {
        skipLinks(directory, listing.links());
        for (String link : listing.links()) {
          unreadable.add(handle + "/" + ChatPath.SOLO + "/" + link);
        }
        listing.directories().stream()
            .sorted()
            .forEach(character -> chats(handle, ChatPath.SOLO + "/" + character));
      }
    }

    private void chats(String handle, String directory) {
      Path path = tree.root().resolve(handle).resolve(directory);
      TavernTree.Listing listing = list(path, handle + "/" + directory);
      if (listing != null) {
        skipLinks(path, listing.links().stream().filter(ChatPath::isChatFile).toList());
        listing
            .files()
            .forEach(
                (name, stamp) -> {
                  if (ChatPath.isChatFile(name)) {
                    files.put(new ChatPath(handle, directory, name), stamp);
                  }
                });
      }
    }

    private TavernTree.@Nullable Listing list(Path directory, String key) {
      try {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
          unreadable.add(key);
          return null;
        }
        watch(directory);
        TavernTree.Listing listing = TavernTree.list(directory);
        listed.add(key);
        return listing;
      } catch (IOException e) {
        unreadable.add(key);
        if (reportedAsSkipped.add(directory)) {
          LOG.warn(
              "cannot read directory {}: {}; its chats stay as they are", directory, e.toString());
        }
        return null;
      }
    }

    /** Each time anew: another directory may have taken the place of the one that was watched. */
    private void watch(Path directory) throws IOException {
      if (events == null || closed) {
        return;
      }
      try {
        WatchKey key = directory.register(events, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
        watched.put(key, directory);
        WatchKey before = keys.put(directory, key);
        if (before != null && !before.equals(key)) {
          watched.remove(before);
          before.cancel();
        }
      } catch (ClosedWatchServiceException e) {
        closed = true;
      } catch (IOException e) {
        if (!Files.isDirectory(directory)) {
          throw e;
        }
        noEvents(directory, e);
      }
    }

    private void noEvents(Path directory, Exception e) {
      if (!rescanInterval.equals(pollInterval)) {
        LOG.warn(
            "cannot watch {} ({}; on Linux raise fs.inotify.max_user_watches): scanning every {} ms",
            directory,
            e.toString(),
            pollInterval.toMillis());
        rescanInterval = pollInterval;
      }
    }

    private void skipLinks(Path directory, List<String> links) {
      for (String link : links) {
        if (reportedAsSkipped.add(directory.resolve(link))) {
          LOG.warn("{} is a link: links are not followed", directory.resolve(link));
        }
      }
    }
  }
}
