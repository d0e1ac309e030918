package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.TurnRef;
import dev.tavernmem0.watcher.files.ChatPath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chat of which the log has turns in a place where it is no more, and of which the state says
 * nothing there.
 *
 * @param handle the user
 * @param scope where its turns were published
 * @param character avatar file's stem of a solo chat's character; null for a group chat
 * @param group of a group chat; null for a solo chat
 * @param chatId the chat
 * @param chatFile its file's name then, with its extension
 * @param parentChatId the chat that it was branched from, as far as is known
 * @param turns that the log has there
 */
public record GoneChat(
    String handle,
    String scope,
    @Nullable String character,
    @Nullable Group group,
    String chatId,
    String chatFile,
    @Nullable String parentChatId,
    List<TurnRef> turns) {

  /** So many turns go into a signal: some 300 kB. */
  private static final int MOST_TURNS = 5_000;

  public GoneChat {
    if (handle == null || scope == null || chatId == null || chatFile == null || turns == null) {
      throw new IllegalArgumentException("a chat that is gone has a place and turns");
    }
    turns = List.copyOf(turns);
  }

  /** As the log's last event of it tells. */
  public static GoneChat of(Source source, List<TurnRef> turns) {
    return new GoneChat(
        source.handle(),
        source.scope(),
        source.character(),
        source.group(),
        source.chatId(),
        source.chatFile(),
        source.parentChatId(),
        turns);
  }

  /** Where it was. */
  public ChatPath path() {
    return ChatPath.of(handle, character, chatFile);
  }

  /** The same in parts that a signal can carry. */
  public List<GoneChat> parts() {
    List<GoneChat> parts = new ArrayList<>();
    for (int from = 0; from < turns.size(); from += MOST_TURNS) {
      List<TurnRef> some = turns.subList(from, Math.min(from + MOST_TURNS, turns.size()));
      parts.add(
          new GoneChat(handle, scope, character, group, chatId, chatFile, parentChatId, some));
    }
    return parts;
  }
}
