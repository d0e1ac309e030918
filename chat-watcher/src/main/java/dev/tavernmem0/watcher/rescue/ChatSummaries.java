package dev.tavernmem0.watcher.rescue;

import dev.tavernmem0.common.event.TurnEvent;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chats that the log has. In memory are the ids of the turns of one partition, and a summary of
 * each chat. Not thread-safe.
 */
public final class ChatSummaries implements TurnReader {
  private final @Nullable String handle;
  private final @Nullable String character;
  private final Map<String, ChatFolds<Boolean>> partition = new LinkedHashMap<>();
  private final Map<String, ChatSummary> summaries = new HashMap<>();

  /**
   * Summaries.
   *
   * @param handle only of this user; null for all
   * @param character only of this character, an avatar file's stem; null for all
   */
  public ChatSummaries(@Nullable String handle, @Nullable String character) {
    this.handle = handle;
    this.character = character;
  }

  @Override
  public boolean wants(String chatId) {
    return true;
  }

  @Override
  public void event(TurnEvent event) {
    if (handle == null || handle.equals(event.source().handle())) {
      partition
          .computeIfAbsent(event.source().chatId(), chat -> new ChatFolds<>(ChatSummaries::fold))
          .apply(event);
    }
  }

  @Override
  public void endOfPartition() {
    partition.values().stream()
        .flatMap(chat -> chat.all().stream())
        .filter(ChatFold::isKnown)
        .map(ChatSummary::of)
        .forEach(summary -> summaries.merge(summary.chatId(), summary, ChatSummary::orIn));
    partition.clear();
  }

  /** All that were read, those saved last first. */
  public List<ChatSummary> all() {
    return summaries.values().stream()
        .filter(chat -> character == null || character.equals(chat.character()))
        .sorted(
            Comparator.comparing(ChatSummary::lastSavedAt)
                .reversed()
                .thenComparing(ChatSummary::chatId))
        .toList();
  }

  private static ChatFold<Boolean> fold() {
    return new ChatFold<>(Long.MAX_VALUE, event -> event.source().raw() != null);
  }
}
