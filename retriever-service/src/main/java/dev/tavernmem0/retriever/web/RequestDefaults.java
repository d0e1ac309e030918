package dev.tavernmem0.retriever.web;

import java.time.Duration;

/**
 * What holds where a request says nothing.
 *
 * @param limit most memories
 * @param maxChars most characters of the memories' lines
 * @param template text around the lines
 * @param includeContext whether query 2 may be asked
 * @param rewrite whether query 3 may be asked
 * @param deadline time within which there is an answer
 */
public record RequestDefaults(
    int limit,
    int maxChars,
    String template,
    boolean includeContext,
    boolean rewrite,
    Duration deadline) {}
