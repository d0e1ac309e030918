package dev.tavernmem0.watcher.verify;

import java.util.List;
import java.util.Map;

/**
 * What chat files and log disagree about.
 *
 * @param files that there are
 * @param turns that they have
 * @param busy chats that differ, and changed while they were looked at
 * @param notCompared files that cannot be read or are too large, and chats of the log whose
 *     directory cannot be listed
 * @param unreadableRecords of the log, which are no turn events
 * @param counts how many differences there are of each kind
 * @param differences some of them, of every kind that there is
 */
public record Differences(
    int files,
    long turns,
    int busy,
    int notCompared,
    int unreadableRecords,
    Map<Difference.Kind, Integer> counts,
    List<Difference> differences) {
  /** Nothing was compared. */
  public static final Differences NONE = new Differences(0, 0, 0, 0, 0, Map.of(), List.of());
}
