package dev.tavernmem0.bench;

import java.time.Duration;

/**
 * What something took.
 *
 * @param wall on the clock
 * @param cpu on the processors
 */
record Spent(Duration wall, Duration cpu) {
  double wallSeconds() {
    return wall.toNanos() / 1e9;
  }

  double cpuSeconds() {
    return cpu.toNanos() / 1e9;
  }
}
