package dev.tavernmem0.service.kafka;

import dev.tavernmem0.common.kafka.Topics;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Topics that are missing and are made; {@code tavern.topics.*}. Those that are there stay as they
 * are. What else a topic is made with says {@link dev.tavernmem0.common.kafka.Topics}.
 *
 * @param partitions of the turns and of what is partitioned like them
 * @param replicationFactor of all of them; 1 on a single broker, -1 for the brokers' own default
 * @param ledger the ledger's name: another one for each mem0 that the turns are written to
 */
@Validated
@ConfigurationProperties("tavern.topics")
public record TopicsProperties(
    @Min(1) @DefaultValue("12") int partitions,
    @Min(-1) @Max(Short.MAX_VALUE) @DefaultValue("1") int replicationFactor,
    @NotBlank @Pattern(regexp = Topics.LEDGER_NAMES) @DefaultValue(Topics.LEDGER) String ledger) {

  /**
   * Checks what a range does not.
   *
   * @throws IllegalArgumentException if there are to be no replicas, or the ledger would be another
   *     topic of ours
   */
  public TopicsProperties {
    if (replicationFactor == 0) {
      throw new IllegalArgumentException(
          "tavern.topics.replication-factor: must be at least 1, or -1 for the brokers' default,"
              + " not 0");
    }
    // What is no name at all is told of by its annotation.
    if (ledger.matches(Topics.LEDGER_NAMES) && Topics.isNoLedger(ledger)) {
      throw new IllegalArgumentException(
          "tavern.topics.ledger: " + ledger + " holds something else; give a name of its own");
    }
  }
}
