package dev.tavernmem0.watcher.verify;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.watcher.chatfile.TurnContent;
import java.util.HexFormat;
import java.util.Objects;

/**
 * What is kept of a turn of the log.
 *
 * @param turnId the turn
 * @param role who speaks
 * @param hash of role and text, as {@link TurnContent#textHash()}
 */
record LoggedTurn(String turnId, Role role, long hash) {

  /** The turn after an event. The text counts, whatever hash the event gives it. */
  static LoggedTurn of(TurnEvent event) {
    Turn turn = Objects.requireNonNull(event.after(), "a turn that is gone says nothing");
    return new LoggedTurn(turn.turnId(), turn.role(), TurnContent.hash(turn.role(), turn.text()));
  }

  /** The hash as events have it. */
  String hexHash() {
    return HexFormat.of().toHexDigits(hash);
  }
}
