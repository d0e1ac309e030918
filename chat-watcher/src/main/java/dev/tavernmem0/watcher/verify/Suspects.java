package dev.tavernmem0.watcher.verify;

import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.FileStamp;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Chats that differed at a first look, and may differ no more at a second one. Not thread-safe. */
final class Suspects {
  private final Map<Key, Optional<FileStamp>> stamps = new HashMap<>();
  private final Set<ChatPath> paths = new HashSet<>();
  private final Set<String> chats = new HashSet<>();

  private record Key(ChatPath path, @Nullable String chatId) {}

  /** Chats of which it is asked. */
  static Suspects of(Set<String> chatIds) {
    Suspects suspects = new Suspects();
    suspects.chats.addAll(chatIds);
    return suspects;
  }

  void add(ChatFinding finding) {
    stamps.put(new Key(finding.path(), finding.chatId()), finding.stamp());
    paths.add(finding.path());
    if (finding.chatId() != null) {
      chats.add(finding.chatId());
    }
  }

  boolean isEmpty() {
    return stamps.isEmpty();
  }

  boolean has(ChatPath path) {
    return paths.contains(path);
  }

  boolean has(String chatId) {
    return chats.contains(chatId);
  }

  /** It differed then too, and its file has not changed since. */
  boolean confirm(ChatFinding finding) {
    return finding.stamp().equals(stamps.get(new Key(finding.path(), finding.chatId())));
  }
}
