package dev.tavernmem0.retriever.search;

import java.time.Duration;

/**
 * How searches are made.
 *
 * @param minScore least semantic similarity that counts as found, in [0, 1]
 * @param longest how long a search may go on after nobody waits for it any more
 * @param cacheFor how long an answer may be reused if nobody says that it changed
 * @param cacheSize most answers that are kept
 */
public record SearchOptions(double minScore, Duration longest, Duration cacheFor, int cacheSize) {}
