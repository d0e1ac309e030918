package dev.tavernmem0.writer.mem0;

/** A task in the making; remembers how far it came, so that an attempt goes on there. */
interface TaskExecution {

  /**
   * Goes on with the task; called by one thread at a time.
   *
   * @throws dev.tavernmem0.common.mem0.Mem0Exception if mem0 fails and another attempt may succeed
   * @throws RetryLaterException if it is too early to go on
   * @throws org.apache.kafka.common.KafkaException if Kafka fails
   */
  TaskResult attempt();

  /** Whether a write of it may still be on its way into mem0, though no attempt is under way. */
  boolean inDoubt();
}
