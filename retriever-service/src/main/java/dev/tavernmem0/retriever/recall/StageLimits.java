package dev.tavernmem0.retriever.recall;

import java.time.Duration;

/**
 * Limits of a rung's search.
 *
 * @param timeout longest it may take, retries included
 * @param retries how often a transient failure is tried again
 */
public record StageLimits(Duration timeout, int retries) {}
