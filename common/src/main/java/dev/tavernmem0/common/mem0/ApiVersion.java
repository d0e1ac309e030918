package dev.tavernmem0.common.mem0;

/** Generation of the mem0 REST API. */
public enum ApiVersion {
  /** Asked of the server at the first call: only v2 answers {@code GET /auth/setup-status}. */
  AUTO,
  /** mem0ai 1.x: ids at the top level, scores are distances, every error is a 500. */
  V1,
  /** mem0ai 2.x: ids in {@code filters}, scores in [0, 1], errors with codes. */
  V2
}
