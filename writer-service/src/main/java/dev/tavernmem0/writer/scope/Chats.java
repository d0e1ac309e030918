package dev.tavernmem0.writer.scope;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The chats of a scope. Not thread-safe. */
final class Chats {
  private final Map<String, Chat> byId = new LinkedHashMap<>();

  /** The chat; known from now on. */
  Chat of(String chatId, ChatInfo info) {
    return byId.computeIfAbsent(chatId, id -> new Chat(id, info));
  }

  @Nullable Chat find(String chatId) {
    return byId.get(chatId);
  }

  Collection<Chat> all() {
    return Collections.unmodifiableCollection(byId.values());
  }

  Set<String> ids() {
    return Collections.unmodifiableSet(byId.keySet());
  }

  List<Chat> otherThan(Set<String> busy) {
    return byId.values().stream().filter(chat -> !busy.contains(chat.id())).toList();
  }

  /** Whether turns of any of them wait. */
  boolean haveWaiting() {
    return byId.values().stream().anyMatch(chat -> !chat.waiting().isEmpty());
  }

  /** When something last changed in one of them, as they tell. */
  Instant lastChange() {
    return byId.values().stream().map(Chat::lastChange).max(Instant::compareTo).orElse(Instant.MIN);
  }
}
