package dev.tavernmem0.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.Supplier;

/** Measures from its making on. */
final class Stopwatch {
  private final Supplier<Duration> cpu;
  private final Duration cpuAtStart;
  private final long start = System.nanoTime();

  private Stopwatch(Supplier<Duration> cpu) {
    this.cpu = cpu;
    this.cpuAtStart = cpu.get();
  }

  /** Counts the processor time of the thread that makes and reads it. */
  static Stopwatch ofThisThread() {
    return new Stopwatch(
        () -> Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()));
  }

  /** Counts the processor time of a watcher. */
  static Stopwatch of(WatcherProcess watcher) {
    return new Stopwatch(watcher::cpu);
  }

  Spent spent() {
    Duration wall = Duration.ofNanos(System.nanoTime() - start);
    return new Spent(wall, cpu.get().minus(cpuAtStart));
  }
}
