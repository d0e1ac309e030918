package dev.tavernmem0.watcher.diff;

import dev.tavernmem0.watcher.chatfile.KnownLine;
import dev.tavernmem0.watcher.chatfile.LineMark;
import dev.tavernmem0.watcher.chatfile.TurnContent;
import java.math.BigDecimal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A turn of a {@link ChatSnapshot}.
 *
 * @param ordinal of the turn's minting in its chat; with the chat id it makes the turn id
 * @param revision how many events there were about this turn so far
 * @param movedTo sort key of a turn that was inserted or moved out of the order of minting; null
 *     means {@code ordinal + 1}
 * @param content what it says
 * @param line that it was last seen on
 */
public record TurnState(
    int ordinal, int revision, @Nullable BigDecimal movedTo, TurnContent content, LineMark line)
    implements KnownLine {

  /** Sort key of the turn in its chat; always less than the next ordinal + 1. */
  public BigDecimal rank() {
    return movedTo == null ? BigDecimal.valueOf(ordinal + 1L) : movedTo;
  }

  TurnState seenAs(TurnContent newContent, LineMark newLine) {
    return newLine.equals(line) && newContent.equals(content)
        ? this
        : new TurnState(ordinal, revision, movedTo, newContent, newLine);
  }

  TurnState changedTo(TurnContent newContent, LineMark newLine) {
    return new TurnState(ordinal, revision + 1, movedTo, newContent, newLine);
  }

  /** The turn as it comes back, at its old place or at another. */
  TurnState backAs(TurnContent newContent, LineMark newLine, @Nullable BigDecimal newRank) {
    return new TurnState(ordinal, revision + 2, newRank, newContent, newLine);
  }

  TurnState movedTo(BigDecimal newRank) {
    return new TurnState(ordinal, revision + 1, newRank, content, line);
  }

  /** Equal but for the line, which is not part of the state that outlives the process. */
  @SuppressWarnings("BigDecimalEquals") // A rank of another scale is stored in other characters.
  public boolean sameAs(TurnState other) {
    return ordinal == other.ordinal
        && revision == other.revision
        && Objects.equals(rank(), other.rank())
        && content.equals(other.content);
  }
}
