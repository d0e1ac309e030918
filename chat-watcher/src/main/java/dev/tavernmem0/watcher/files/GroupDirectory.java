package dev.tavernmem0.watcher.files;

import dev.tavernmem0.common.event.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which group a group chat belongs to, from the user's {@code groups/*.json}. The directory is
 * listed at an interval and not for each chat, and a file is parsed again only when it changed. Of
 * several groups that claim a chat the first by file name has it: ids are times, so it is the
 * oldest. A file that is no group's, or too large, is reported once; its chats count as chats
 * without a group. Not thread-safe.
 */
public final class GroupDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(GroupDirectory.class);

  /** A chat's name and its entries here take some 200 bytes. */
  private static final int MEMORY_PER_CHAT = 1024;

  private final Path directory;
  private final Clock clock;
  private final long freshMs;
  private final int maxChats;
  private final Map<String, Entry> entries = new TreeMap<>();
  private final Map<String, Group> byChat = new HashMap<>();
  private @Nullable Long listedAt;

  /**
   * What is known of a file.
   *
   * @param stamp of what was read; null if it could not be read, which may pass without a change
   */
  private record Entry(@Nullable FileStamp stamp, @Nullable GroupFile file, String problem) {
    int chats() {
      return file == null ? 0 : file.chats().size();
    }
  }

  /**
   * Of the given {@code groups} directory, which need not exist.
   *
   * @param fresh how old a listing may be
   */
  public GroupDirectory(Path directory, Clock clock, Duration fresh) {
    this(
        directory,
        clock,
        fresh,
        (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / MEMORY_PER_CHAT));
  }

  GroupDirectory(Path directory, Clock clock, Duration fresh, int maxChats) {
    this.directory = directory;
    this.clock = clock;
    this.freshMs = fresh.toMillis();
    this.maxChats = maxChats;
  }

  /** The group that a chat belongs to, as the files said when they were last listed. */
  public Optional<Group> ownerOf(String chat) {
    long now = clock.millis();
    if (listedAt == null || now < listedAt || now - listedAt >= freshMs) {
      listedAt = now;
      refresh();
    }
    return Optional.ofNullable(byChat.get(chat));
  }

  private void refresh() {
    Map<String, FileStamp> files = list();
    if (files == null) {
      return;
    }
    boolean changed = entries.keySet().retainAll(files.keySet());
    int room = maxChats - entries.values().stream().mapToInt(Entry::chats).sum();
    for (Map.Entry<String, FileStamp> file : new TreeMap<>(files).entrySet()) {
      Entry known = entries.get(file.getKey());
      if (known == null || !file.getValue().equals(known.stamp())) {
        room += known == null ? 0 : known.chats();
        Entry entry = read(file.getKey(), file.getValue(), known, Math.max(0, room));
        room -= entry.chats();
        entries.put(file.getKey(), entry);
        changed = true;
      }
    }
    if (changed) {
      index();
    }
  }

  /** Null if that cannot be told: what was known stays. */
  private @Nullable Map<String, FileStamp> list() {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return Files.notExists(directory, LinkOption.NOFOLLOW_LINKS) ? Map.of() : null;
    }
    try {
      Map<String, FileStamp> files = TavernTree.list(directory).files();
      files.keySet().removeIf(name -> !GroupFile.isGroupFile(name));
      return files;
    } catch (IOException e) {
      LOG.debug("cannot list {}", directory, e);
      return null;
    }
  }

  private Entry read(String name, FileStamp stamp, @Nullable Entry before, int room) {
    try {
      return new Entry(stamp, GroupFile.read(directory.resolve(name), room), "");
    } catch (GroupFile.InvalidException e) {
      return failed(name, stamp, before, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return failed(name, null, before, e.getClass().getSimpleName());
    }
  }

  private Entry failed(
      String name, @Nullable FileStamp stamp, @Nullable Entry before, String problem) {
    if (before == null || !before.problem().equals(problem)) {
      LOG.warn(
          "cannot read group file {}: {}; its chats count as chats without a group",
          directory.resolve(name),
          problem);
    }
    return new Entry(stamp, null, problem);
  }

  private void index() {
    byChat.clear();
    entries.values().stream()
        .map(Entry::file)
        .filter(Objects::nonNull)
        .forEach(file -> file.chats().forEach(chat -> byChat.putIfAbsent(chat, file.group())));
  }

  /** Group files that cannot be used, with the reason. */
  public Map<String, String> problems() {
    Map<String, String> problems = new TreeMap<>();
    entries.forEach(
        (name, entry) -> {
          if (!entry.problem().isEmpty()) {
            problems.put(name, entry.problem());
          }
        });
    return problems;
  }

  /** {@code Carol.png} → {@code Carol}. */
  public static String stem(String avatarFile) {
    return GroupFile.stem(avatarFile);
  }
}
