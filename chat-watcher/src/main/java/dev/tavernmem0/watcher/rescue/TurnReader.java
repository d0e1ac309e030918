package dev.tavernmem0.watcher.rescue;

import dev.tavernmem0.common.event.TurnEvent;

/** Is told the turn events of the log, partition after partition, each in its order. */
public interface TurnReader {
  /** Whether the events of a chat are wanted; the others are not even decoded. */
  boolean wants(String chatId);

  void event(TurnEvent event);

  /** All of a partition was read: no other one has anything of its scopes. */
  default void endOfPartition() {}
}
