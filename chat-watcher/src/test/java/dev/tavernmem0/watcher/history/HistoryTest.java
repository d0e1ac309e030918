package dev.tavernmem0.watcher.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.watcher.connect.TaskRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever happens to the files and to the watcher, the log says what the files say once the
 * watcher has nothing left to do. {@code docs/development.md} says how to play more histories, each
 * life of the watcher in a process of its own.
 */
class HistoryTest {
  private static final int HISTORIES = Integer.getInteger("histories", 60);
  private static final long FIRST_SEED = Long.getLong("histories.seed", 1);
  private static final boolean PROCESSES = Boolean.getBoolean("histories.processes");
  private static final int FAILURES = Integer.getInteger("histories.failures", 1);
  private static final Duration LONGEST = Duration.ofMinutes(Long.getLong("histories.minutes", 60));

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(TaskRun.Delivery.class)
  void the_log_says_what_the_files_say(TaskRun.Delivery delivery)
      throws InterruptedException, ExecutionException, IOException {
    Histories histories =
        new Histories(
            directory,
            PROCESSES ? WatcherProgram.in(directory) : Watcher::inProcess,
            Runtime.getRuntime().availableProcessors(),
            FAILURES,
            LONGEST);

    assertThat(histories.play(delivery, FIRST_SEED, HISTORIES)).isEmpty();
    System.out.printf("%s: %d histories%n", delivery, histories.played());
  }
}
