package dev.tavernmem0.watcher.host;

/** Where the engine is. */
public enum EngineState {
  /** Waits for Kafka or for the data root, or builds the engine. */
  STARTING,
  RUNNING,
  /** Failed; waits to be built again. */
  BACKING_OFF,
  /** Another watcher of the same name has taken over; stays so until it is started again. */
  FENCED,
  STOPPED
}
