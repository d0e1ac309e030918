package dev.tavernmem0.common.identity;

import dev.tavernmem0.common.event.Source;

/**
 * The mem0 ids that a memory is stored under.
 *
 * @param userId encoded handle
 * @param agentId scope id of a character or group
 */
public record Scope(String userId, String agentId) {

  /** The scope that a chat's memories are written to. */
  public static Scope of(Source source) {
    return new Scope(Mem0Ids.user(source.handle()), source.scope());
  }
}
