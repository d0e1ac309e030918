package dev.tavernmem0.retriever.characters;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.retriever.follow.TopicFollower;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import dev.tavernmem0.service.kafka.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/**
 * Follows which scope id each character has. Without Kafka a character is looked for under the id
 * that is made of its name, which is right unless it was renamed. Thread-safe.
 */
public final class CharacterFollower extends TopicFollower {
  /**
   * Makes a follower that does nothing before {@link #start}.
   *
   * @param retryInterval wait between attempts to reach Kafka
   */
  public CharacterFollower(
      KafkaClients clients,
      Duration retryInterval,
      CharacterScopes characters,
      MeterRegistry meters) {
    super(
        clients,
        Topics.CHARACTERS,
        "characters",
        new CharacterRecords(characters, meters),
        retryInterval);
  }
}
