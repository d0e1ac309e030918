package dev.tavernmem0.watcher.track;

/** What an operator asks the watcher to do. */
public sealed interface Signal {
  /** Names the signal. */
  String id();

  /**
   * Publish chats again, beside live changes.
   *
   * @param id names the snapshot too
   * @param selection which chats
   * @param requestedMs when it was asked for, milliseconds since the epoch
   */
  record Execute(String id, SnapshotSelection selection, long requestedMs) implements Signal {}

  /** Publish no more of a snapshot until it is resumed. */
  record Pause(String id, String snapshotId) implements Signal {}

  /** Go on with a paused snapshot. */
  record Resume(String id, String snapshotId) implements Signal {}

  /** Publish no more of a snapshot. */
  record Stop(String id, String snapshotId) implements Signal {}

  /** Publish that a chat is gone of which the log has turns, unless it is there after all. */
  record DeleteChat(String id, GoneChat chat) implements Signal {}
}
