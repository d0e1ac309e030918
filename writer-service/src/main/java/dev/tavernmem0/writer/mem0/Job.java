package dev.tavernmem0.writer.mem0;

/** Work at mem0 in the making; remembers how far it came, so that an attempt goes on there. */
interface Job {

  /**
   * Goes on with the work; called by one thread at a time.
   *
   * @throws dev.tavernmem0.common.mem0.Mem0Exception if mem0 fails and another attempt may succeed
   * @throws RetryLaterException if it is too early to go on
   * @throws org.apache.kafka.common.KafkaException if Kafka fails
   */
  Outcome attempt();

  /** Whether a write of it may still be on its way into mem0, though no attempt is under way. */
  boolean inDoubt();
}
