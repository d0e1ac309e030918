package dev.tavernmem0.writer.consume;

import java.time.Duration;

/**
 * When scopes are compared with mem0.
 *
 * @param every how often each; zero compares none, unless an operator asks for it
 * @param firstAfter how long after the start the first one is
 * @param retry how soon a scope is tried again that could not be compared to its end
 */
public record SweepOptions(Duration every, Duration firstAfter, Duration retry) {

  boolean areOff() {
    return every.isZero();
  }
}
