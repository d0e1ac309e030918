package dev.tavernmem0.common.identity;

import dev.tavernmem0.common.event.Source;
import org.jspecify.annotations.Nullable;

/**
 * The mem0 ids that a memory is stored under.
 *
 * @param userId encoded handle
 * @param agentId encoded character or group
 */
public record Scope(String userId, String agentId) {

  /**
   * The scope that a chat's memories are written to.
   *
   * @throws IllegalArgumentException if the source names neither a character nor a group
   */
  public static Scope of(Source source) {
    @Nullable String agent = null;
    if (source.group() != null) {
      agent = Mem0Ids.group(source.group().id());
    } else if (source.character() != null) {
      agent = Mem0Ids.character(source.character());
    }
    if (agent == null) {
      throw new IllegalArgumentException(
          "chat " + source.chatId() + " names neither a character nor a group");
    }
    return new Scope(Mem0Ids.user(source.handle()), agent);
  }
}
