package dev.tavernmem0.retriever.query;

/**
 * Bounds of what is asked.
 *
 * @param contextMessages most messages of the recent conversation in query 2 and in the rewrite
 * @param maxQueryLength most characters of a query
 */
public record QueryLimits(int contextMessages, int maxQueryLength) {

  /** One long message must not push all others out of the context. */
  int lineLength() {
    return Math.max(40, maxQueryLength / 3);
  }
}
