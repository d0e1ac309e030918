package dev.tavernmem0.writer.scope;

/** Which work goes first. */
public enum Lane {
  /** What users do now, and what an earlier life left half done. */
  LIVE,
  /** What was there before the watcher looked, and what is replayed. */
  BACKLOG
}
