package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.batch.BatchRules;
import java.time.Duration;

/**
 * How turns are consumed.
 *
 * @param enabled false consumes nothing; what is in the log waits there
 * @param rules when turns are written
 * @param partitions of topics that are missing and are created
 * @param replicationFactor of topics that are missing and are created
 * @param shutdownTimeout how long calls under way are waited for when partitions go
 * @param reconnectWait how long to wait after Kafka failed
 */
public record SessionOptions(
    boolean enabled,
    BatchRules rules,
    int partitions,
    short replicationFactor,
    Duration shutdownTimeout,
    Duration reconnectWait) {}
