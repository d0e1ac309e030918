package dev.tavernmem0.writer.mem0;

import java.time.Duration;

/**
 * How failing calls are repeated.
 *
 * @param initialBackoff wait after the first failure; doubles with each one, with jitter
 * @param maxBackoff longest wait
 * @param breakerWait how long all calls rest once mem0 seems to be down
 * @param authRetry how often a refused key is tried again
 * @param inDoubtRetry how often to look for a batch that may be on its way into mem0
 * @param mostEmpty see {@link Empties}
 */
public record GuardOptions(
    Duration initialBackoff,
    Duration maxBackoff,
    Duration breakerWait,
    Duration authRetry,
    Duration inDoubtRetry,
    int mostEmpty) {}
