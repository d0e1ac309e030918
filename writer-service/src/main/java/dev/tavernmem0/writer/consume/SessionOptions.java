package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.scope.BatchRules;
import dev.tavernmem0.writer.scope.Eligibility;
import java.time.Duration;

/**
 * How turns are consumed.
 *
 * @param enabled false consumes nothing; what is in the log waits there
 * @param rules when turns are written
 * @param eligibility which turns are written
 * @param partitions of topics that are missing and are created
 * @param replicationFactor of topics that are missing and are created
 * @param shutdownTimeout how long calls under way are waited for when partitions go
 * @param reconnectWait how long to wait after Kafka failed
 * @param sweep when scopes are compared with mem0
 */
public record SessionOptions(
    boolean enabled,
    BatchRules rules,
    Eligibility eligibility,
    int partitions,
    short replicationFactor,
    Duration shutdownTimeout,
    Duration reconnectWait,
    SweepOptions sweep) {}
