package dev.tavernmem0.writer.verify;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.tavernmem0.common.identity.Scope;
import java.util.Locale;

/**
 * A turn about which log and ledger disagree.
 *
 * @param kind how
 * @param userId mem0 user id of where the ledger has it, or the log if the ledger has it not
 * @param agentId mem0 agent id of that
 * @param chatId its chat
 * @param turnId the turn
 */
public record Difference(Kind kind, String userId, String agentId, String chatId, String turnId) {

  /** Whether this is where the ledger has it. */
  public boolean isOf(Scope scope) {
    return scope.userId().equals(userId) && scope.agentId().equals(agentId);
  }

  /** The same of a turn that the log turns out to have under another character. */
  public Difference inWrongScope() {
    return new Difference(Kind.WRONG_SCOPE, userId, agentId, chatId, turnId);
  }

  /** How log and ledger disagree. */
  public enum Kind {
    /** The log has the turn, and the ledger does not: it is not remembered, nor will it be. */
    WITHOUT_FATE,
    /** The log has other words of it, later ones: what is remembered is out of date. */
    STALE,
    /** The log says that it is gone, or has it no more: what is remembered nobody says. */
    GONE,
    /**
     * The ledger has it under a scope where the log does not say it, but in another one: another
     * character remembers it.
     */
    WRONG_SCOPE;

    @JsonValue
    public String json() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
