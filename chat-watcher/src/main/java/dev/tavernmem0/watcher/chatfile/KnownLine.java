package dev.tavernmem0.watcher.chatfile;

/** A line of an earlier reading. */
public interface KnownLine {
  /** What it is known by. */
  LineMark line();

  /** What it says. */
  TurnContent content();
}
