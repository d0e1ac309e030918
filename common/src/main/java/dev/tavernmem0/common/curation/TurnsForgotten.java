package dev.tavernmem0.common.curation;

import dev.tavernmem0.common.identity.Scope;
import java.util.List;

/**
 * Turns are not to be remembered, and not to be in the log: as if they had never been said,
 * whatever their chat says.
 *
 * @param scope whose turns they are
 * @param chatId their chat, see {@link dev.tavernmem0.common.identity.ChatIds}
 * @param forgetId what they were forgotten by: a chat can lose more than once
 * @param part several records hold what is too much for one; counts from 0
 * @param turnIds the turns
 * @param tsMs when it was decided, milliseconds since the epoch
 */
public record TurnsForgotten(
    Scope scope, String chatId, String forgetId, int part, List<String> turnIds, long tsMs)
    implements Curation {
  static final String KIND = "turns-forgotten";

  public TurnsForgotten {
    turnIds = turnIds == null ? List.of() : List.copyOf(turnIds);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String id() {
    return chatId + "/" + forgetId + "/" + part;
  }

  @Override
  public CurationKey key() {
    return new CurationKey(scope, KIND, id());
  }

  @Override
  public String toString() {
    return "TurnsForgotten[" + key() + "]";
  }
}
