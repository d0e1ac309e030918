package dev.tavernmem0.watcher.host;

/** Where the engine is. */
enum EngineState {
  /** Waits for Kafka or for the data root, or builds the engine. */
  STARTING,
  RUNNING,
  /** Failed; waits to be built again. */
  BACKING_OFF,
  STOPPED
}
