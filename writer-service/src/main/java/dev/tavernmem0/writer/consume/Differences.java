package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.verify.Difference;
import java.util.List;
import java.util.Map;

/**
 * What log and ledger disagree about, in the partitions of this instance.
 *
 * @param partitions that were compared
 * @param chats that have turns in the log
 * @param turns that the log has in the end
 * @param counts how many differences there are of each kind
 * @param differences some of them, of every kind that there is
 */
public record Differences(
    int partitions,
    int chats,
    int turns,
    Map<Difference.Kind, Integer> counts,
    List<Difference> differences) {
  /** Nothing was compared. */
  static final Differences NONE = new Differences(0, 0, 0, Map.of(), List.of());
}
