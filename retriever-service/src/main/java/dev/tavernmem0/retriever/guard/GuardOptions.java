package dev.tavernmem0.retriever.guard;

import java.time.Duration;

/**
 * How a remote service is guarded.
 *
 * @param maxConcurrency most calls at a time
 * @param queueCapacity most calls that wait for their turn; more are refused at once
 * @param slidingWindow calls that the breaker judges by
 * @param minimumCalls calls before it judges at all
 * @param failureRatePercent share of failed calls that opens it
 * @param openFor how long it stays open before it lets a few calls try
 */
public record GuardOptions(
    int maxConcurrency,
    int queueCapacity,
    int slidingWindow,
    int minimumCalls,
    float failureRatePercent,
    Duration openFor) {}
