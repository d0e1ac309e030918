package dev.tavernmem0.retriever.ledger;

import dev.tavernmem0.retriever.follow.TopicFollower;
import dev.tavernmem0.service.kafka.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/**
 * Follows the ledger. Without Kafka, groups are known from the requests only, and cached answers
 * live until they expire. Thread-safe.
 */
public final class LedgerFollower extends TopicFollower {
  /**
   * Makes a follower that does nothing before {@link #start}.
   *
   * @param topic the ledger of the mem0 that is searched
   * @param retryInterval wait between attempts to reach Kafka
   */
  public LedgerFollower(
      KafkaClients clients,
      String topic,
      Duration retryInterval,
      LedgerListener listener,
      MeterRegistry meters) {
    super(clients, topic, "ledger", new LedgerRecords(listener, meters), retryInterval);
  }
}
