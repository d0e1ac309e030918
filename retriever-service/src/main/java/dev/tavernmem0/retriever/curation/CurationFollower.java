package dev.tavernmem0.retriever.curation;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.retriever.follow.TopicFollower;
import dev.tavernmem0.service.kafka.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.Consumer;

/** Follows what users decided about memories, whichever retriever they told. Thread-safe. */
public final class CurationFollower extends TopicFollower {
  /**
   * Makes a follower that does nothing before {@link #start}.
   *
   * @param retryInterval wait between attempts to reach Kafka
   * @param changed is told whose memories a decision is about
   */
  public CurationFollower(
      KafkaClients clients,
      Duration retryInterval,
      ForgottenMemories forgotten,
      KeptMemories kept,
      Consumer<Scope> changed,
      MeterRegistry meters) {
    super(
        clients,
        Topics.CURATION,
        "curation",
        new CurationRecords(forgotten, kept, changed, meters),
        retryInterval);
  }
}
