package dev.tavernmem0.watcher.history;

import dev.tavernmem0.watcher.connect.TaskRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Plays many histories, and of those that go wrong finds the shortest that still does. */
final class Histories {
  private final Path directory;
  private final Watcher.Start start;
  private final int threads;
  private final int mostFailures;
  private final long deadline;
  private final AtomicInteger places = new AtomicInteger();
  private final AtomicInteger played = new AtomicInteger();
  private final List<History.Failure> failures = new ArrayList<>();

  /**
   * Histories.
   *
   * @param directory for their files
   * @param start how the watcher is started
   * @param threads so many at once
   * @param mostFailures no more are begun after so many went wrong
   * @param longest nor after this time
   */
  Histories(Path directory, Watcher.Start start, int threads, int mostFailures, Duration longest) {
    this.directory = directory;
    this.start = start;
    this.threads = threads;
    this.mostFailures = mostFailures;
    this.deadline = System.nanoTime() + longest.toNanos();
  }

  /** Plays the histories of so many seeds; returns those that went wrong, as short as can be. */
  List<History.Failure> play(TaskRun.Delivery delivery, long firstSeed, int count)
      throws InterruptedException, ExecutionException {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (long seed = firstSeed; seed < firstSeed + count; seed++) {
        History history = History.random(seed, delivery);
        all.add(
            executor.submit(
                () -> {
                  playUnlessDone(history);
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      executor.shutdownNow();
    }
    return failures;
  }

  int played() {
    return played.get();
  }

  private void playUnlessDone(History history) throws IOException {
    synchronized (failures) {
      if (failures.size() >= mostFailures || System.nanoTime() > deadline) {
        return;
      }
    }
    History.Failure failure = play(history);
    int count = played.incrementAndGet();
    if (count % 100 == 0) {
      System.out.printf(
          "%s: %d histories, at seed %d%n", history.delivery(), count, history.seed());
    }
    if (failure != null) {
      History.Failure shortest = shortest(failure);
      System.out.println(shortest);
      synchronized (failures) {
        failures.add(shortest);
      }
    }
  }

  /** Leaves out whatever the failure does not need. */
  private History.Failure shortest(History.Failure failure) throws IOException {
    History.Failure shortest = failure;
    for (int size = failure.history().steps().size() / 2; size > 0; size /= 2) {
      for (int from = shortest.history().steps().size() - size; from >= 0; from--) {
        if (from + size <= shortest.history().steps().size()) {
          History.Failure shorter = play(shortest.history().without(from, from + size));
          if (shorter != null && shorter.kind().equals(failure.kind())) {
            shortest = shorter;
          }
        }
      }
    }
    return shortest;
  }

  private History.@Nullable Failure play(History history) throws IOException {
    Path place = Files.createDirectory(directory.resolve("history-" + places.incrementAndGet()));
    try {
      return history.play(place, start);
    } finally {
      delete(place);
    }
  }

  private static void delete(Path place) throws IOException {
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
