package dev.tavernmem0.retriever.query;

import java.util.Locale;

/** Why memory did less than it could; a closed set that answers and metrics name. */
public enum Degraded {
  /** {@code mem0.enabled=false}. */
  MEM0_DISABLED,
  /** No connection, or mem0 says that it or its provider is down. */
  MEM0_UNAVAILABLE,
  /** No answer within the time there was. */
  MEM0_TIMEOUT,
  /** mem0 refuses our key, or its provider refuses mem0's. */
  MEM0_AUTH,
  /** mem0 refuses the search itself (4xx). */
  MEM0_REFUSED,
  /** mem0 answered something that is not an answer. */
  BAD_ANSWER,
  /** Too many calls failed lately: mem0 is not asked for a while. */
  CIRCUIT_OPEN,
  /** As many searches as allowed are under way. */
  OVERLOADED,
  /** The rewrite is switched on, but no model is configured for it. */
  REWRITE_NOT_CONFIGURED,
  /** The model did not answer within the time there was. */
  REWRITE_TIMEOUT,
  /** The model cannot be reached, refuses, or answers nonsense. */
  REWRITE_FAILED,
  /** A fault in the retriever itself; see its log. */
  INTERNAL_ERROR;

  /** The name in answers and metrics, for example {@code mem0_timeout}. */
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }
}
