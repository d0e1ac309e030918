package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which batches are to be tried again; what is not given does not matter.
 *
 * @param fates of these: dead ones, empty ones
 * @param missing and those whose memories are not in mem0, as the last sweep has seen
 * @param chatId of this chat
 * @param batchId this one
 */
public record Requeue(
    Set<Fate> fates, boolean missing, @Nullable String chatId, @Nullable String batchId) {
  /** The fates of which batches can be tried again. */
  public static final Set<Fate> POSSIBLE = Set.of(Fate.DEAD, Fate.EMPTY);

  public Requeue {
    fates = Set.copyOf(fates);
    if (!POSSIBLE.containsAll(fates)) {
      throw new IllegalArgumentException("fates must be dead, empty or both: " + fates);
    }
  }

  /**
   * Whether a batch is one of them.
   *
   * @param withMissing the batches whose memories are not in mem0
   */
  boolean selects(LedgerEntry entry, Set<String> withMissing) {
    boolean isMissed =
        missing
            && (entry.fate() == Fate.WRITTEN || entry.fate() == Fate.EMPTY)
            && withMissing.contains(entry.batchId());
    return (isMissed || fates.contains(entry.fate()))
        && (chatId == null || chatId.equals(entry.chatId()))
        && (batchId == null || batchId.equals(entry.batchId()));
  }

  /**
   * What was selected.
   *
   * @param batches how many batches
   * @param turns how many turns these have
   */
  public record Outcome(int batches, int turns) {}
}
