package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.event.Role;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns for tests of the small classes, each differing from a plain one in what matters there. */
final class Turns {
  static final Instant TEN = Instant.parse("2026-11-01T10:00:00Z");

  private Turns() {}

  static Chat chat(String id) {
    return new Chat(id, new ChatInfo(id + ".jsonl", List.of()));
  }

  static SaidTurn turn(Chat chat, String id, int position, Role role, boolean backlog) {
    return turn(chat, id, position, role, backlog, TEN, null);
  }

  static SaidTurn turn(
      Chat chat,
      String id,
      int position,
      Role role,
      boolean backlog,
      Instant at,
      @Nullable String reason) {
    return new SaidTurn(
        id, chat, "says-" + id, "hash", position, reason, position, role, 1, at, at, backlog, true);
  }
}
