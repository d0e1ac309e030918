package dev.tavernmem0.testkit.mem0;

/** Which mem0 REST server is imitated. */
public enum Generation {
  /** mem0ai 1.0.11: no setup status, ids at the top level, distance scores, every error a 500. */
  V1,
  /** mem0ai 2.0.x. */
  V2
}
