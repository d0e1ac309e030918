package dev.tavernmem0.watcher.track;

/** What happens to chats that are there when the watcher starts for the first time. */
public enum SnapshotMode {
  /** They are published as read events. */
  INITIAL,
  /** They are taken as known: only what changes from then on is published. */
  NEVER,
  /**
   * As {@link #INITIAL}; and chats that are known already are published again, once: for a log that
   * was lost.
   */
  RECOVERY
}
