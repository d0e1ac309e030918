package dev.tavernmem0.service.task;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something long that is done once for all who ask for it meanwhile, on a thread of its own: it
 * goes on when they have gone away, and who comes back joins it. Thread-safe.
 *
 * @param <T> what comes out
 */
public final class SharedTask<T> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedTask.class);

  /** So long a result that nobody has seen is joined; later it is out of date. */
  private static final Duration UNSEEN = Duration.ofMinutes(1);

  private final String name;
  private final Function<TaskProgress, T> work;
  private final Function<RuntimeException, String> reason;
  private final InstantSource clock;
  private @Nullable Run<T> last;

  /** One time that it is done. */
  private static final class Run<T> {
    private final TaskProgress progress = new TaskProgress();
    private final AtomicBoolean seen = new AtomicBoolean();
    private final Instant startedAt;
    private @Nullable Thread thread;
    private @Nullable Instant endedAt;
    private @Nullable T result;
    private @Nullable String failure;

    private Run(Instant startedAt) {
      this.startedAt = startedAt;
    }
  }

  /**
   * How it stands.
   *
   * @param <T> what comes out
   * @param startedAt null if it was not asked for
   * @param endedAt null until it has
   * @param total how much there is to do, as far as that is known
   * @param done how much of that is done
   * @param result null unless it is completed
   * @param failure why it failed; null if it did not
   */
  public record Status<T>(
      TaskState state,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      long total,
      long done,
      @Nullable T result,
      @Nullable String failure) {}

  /**
   * A task that was not asked for yet.
   *
   * @param name of its thread
   * @param work does it, and tells how far it is
   * @param reason of a failure, in words that may be told
   */
  public SharedTask(
      String name,
      Function<TaskProgress, T> work,
      Function<RuntimeException, String> reason,
      InstantSource clock) {
    this.name = name;
    this.work = work;
    this.reason = reason;
    this.clock = clock;
  }

  /** Has it done, or joins it while it is, or while nobody has seen what came out. */
  public synchronized Status<T> begin() {
    Run<T> run = last;
    if (run == null || !isToBeJoined(run)) {
      Run<T> begun = new Run<>(clock.instant());
      Thread thread = new Thread(() -> run(begun), name);
      thread.setDaemon(true);
      begun.thread = thread;
      last = begun;
      thread.start();
      run = begun;
    }
    return status(run);
  }

  private boolean isToBeJoined(Run<T> run) {
    return run.endedAt == null
        || (run.failure == null
            && !run.seen.get()
            && run.endedAt.isAfter(clock.instant().minus(UNSEEN)));
  }

  /** How it stands; whoever is told the result has seen it. */
  public synchronized Status<T> status() {
    Run<T> run = last;
    if (run == null) {
      return new Status<>(TaskState.NONE, null, null, 0, 0, null, null);
    }
    if (run.endedAt != null) {
      run.seen.set(true);
    }
    return status(run);
  }

  private static <T> Status<T> status(Run<T> run) {
    TaskState state =
        run.failure != null
            ? TaskState.FAILED
            : run.endedAt == null ? TaskState.RUNNING : TaskState.COMPLETED;
    return new Status<>(
        state,
        run.startedAt,
        run.endedAt,
        run.progress.total(),
        run.progress.done(),
        run.result,
        run.failure);
  }

  private void run(Run<T> run) {
    try {
      end(run, work.apply(run.progress), null);
    } catch (RuntimeException e) {
      String failure = reason.apply(e);
      LOG.warn("{} failed: {}", name, failure);
      LOG.debug("cause", e);
      end(run, null, failure);
    } catch (Error e) {
      // Who waits for it would wait for ever.
      end(run, null, e.toString());
      throw e;
    }
  }

  private synchronized void end(Run<T> run, @Nullable T result, @Nullable String failure) {
    run.result = result;
    run.failure = failure;
    run.endedAt = clock.instant();
  }

  /** Ends it. */
  @Override
  public synchronized void close() {
    Thread thread = last == null ? null : last.thread;
    if (thread != null) {
      thread.interrupt();
    }
  }
}
