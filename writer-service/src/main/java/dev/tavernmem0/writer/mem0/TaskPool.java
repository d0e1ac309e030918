package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.writer.kafka.CurationLog;
import dev.tavernmem0.writer.kafka.DeadLetters;
import dev.tavernmem0.writer.kafka.LedgerTopic;
import dev.tavernmem0.writer.kafka.TurnLog;
import dev.tavernmem0.writer.scope.Lane;
import dev.tavernmem0.writer.scope.Task;
import dev.tavernmem0.writer.sweep.SweepOrder;
import dev.tavernmem0.writer.sweep.SweepResult;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Carries tasks out, a few attempts at a time, and one at a time per scope, because mem0 does not
 * order concurrent adds of one scope. There are three times as many threads as calls that mem0 gets
 * at a time ({@link Mem0Calls}): while some wait for its answers, others read turns, look up and
 * record, and others are ready to be the next. A task that waits for its next attempt takes up no
 * thread, nor, after some failures, its scope unless a write of it may still be on its way: failing
 * chats leave the others room. Thread-safe.
 */
public final class TaskPool implements AutoCloseable {
  /** So many attempts of a task keep the others of its scope waiting. */
  private static final int PATIENCE = 3;

  private static final int THREADS_PER_CALL = 3;

  /** Longer than it takes to begin a task that is due. */
  private static final Duration KEEP = Duration.ofMillis(500);

  private final Mem0Calls mem0;
  private final Mem0Guard guard;
  private final TurnLog log;
  private final CurationLog curation;
  private final LedgerTopic ledger;
  private final DeadLetters deadLetters;
  private final WriteOptions options;
  private final InstantSource clock;
  private final ThreadPoolExecutor pool;
  private final int threads;
  private final int ahead;
  private final ScheduledExecutorService timer;
  private final AtomicInteger attempting = new AtomicInteger();
  private final Map<Scope, StartedTask> holders = new ConcurrentHashMap<>();
  private final Map<Scope, Object> keptPlaces = new ConcurrentHashMap<>();
  private volatile boolean paused;

  public TaskPool(
      Mem0Calls mem0,
      Mem0Guard guard,
      TurnLog log,
      CurationLog curation,
      LedgerTopic ledger,
      DeadLetters deadLetters,
      WriteOptions options,
      int concurrency,
      InstantSource clock) {
    this.mem0 = mem0;
    this.guard = guard;
    this.log = log;
    this.curation = curation;
    this.ledger = ledger;
    this.deadLetters = deadLetters;
    this.options = options;
    this.clock = clock;
    this.threads = THREADS_PER_CALL * concurrency;
    this.ahead = concurrency;
    AtomicInteger number = new AtomicInteger();
    this.pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            work -> new Thread(work, "writer-mem0-" + number.incrementAndGet()));
    this.timer =
        Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "writer-retry"));
  }

  /** A task that was begun. */
  public final class StartedTask {
    private final TaskExecution execution;
    private final Scope scope;
    private final AtomicBoolean abandoned;
    private final AtomicBoolean inAttempt = new AtomicBoolean();
    private final LaneCalls calls;
    private volatile boolean attempted;

    /** Of one thread at a time, handed on by the pool and the timer. */
    private int attempts;

    private StartedTask(
        TaskExecution execution, Scope scope, LaneCalls calls, AtomicBoolean abandoned) {
      this.calls = calls;
      this.execution = execution;
      this.scope = scope;
      this.abandoned = abandoned;
    }

    private TaskResult attempt() {
      if (paused && !abandoned.get()) {
        throw new RetryLaterException.Paused();
      }
      inAttempt.set(true);
      attempting.incrementAndGet();
      try {
        if (abandoned.get()) {
          throw new CancellationException("the partition is not ours any more");
        }
        if (!holdScope()) {
          throw new RetryLaterException.ScopeBusy();
        }
        attempts++;
        try {
          return execution.attempt();
        } catch (RuntimeException | Error e) {
          calls.giveBack();
          throw e;
        } finally {
          if (attempts >= PATIENCE && !execution.inDoubt()) {
            releaseScope();
          }
        }
      } finally {
        attempting.decrementAndGet();
        inAttempt.set(false);
        attempted = true;
      }
    }

    /** Whether it is still on its way to its first call. */
    private boolean isAhead() {
      return !attempted && calls.isAhead();
    }

    private boolean holdScope() {
      StartedTask holder = holders.putIfAbsent(scope, this);
      return holder == null || holder == this;
    }

    private void releaseScope() {
      holders.remove(scope, this);
    }

    /**
     * Another task of its scope is wanted sooner: if nothing was called yet, it ends as {@link
     * TaskResult.PutOff}; or else its scope's next task of what users do now has its place at mem0
     * when it is done.
     */
    public void makeWay() {
      calls.makeWay();
    }

    /** Lets a call under way come to its end, and makes no other. */
    public void abandon() {
      abandoned.set(true);
      calls.abandon();
    }

    /** Whether a call may be under way. */
    public boolean inAttempt() {
      return inAttempt.get();
    }
  }

  /** Begins a task of a partition; its scope is taken, if it is free, from now on. */
  public StartedTask prepare(int partition, Lane lane, Task task) {
    return prepare(partition, lane, task.entry().scope(), context -> execution(task, context));
  }

  /**
   * As {@link #prepare}, of the comparison of a scope's ledger with mem0.
   *
   * @param order what is to be done about what is found
   */
  public StartedTask prepareSweep(
      int partition, Scope scope, List<LedgerEntry> entries, SweepOrder order) {
    return prepare(
        partition,
        Lane.BACKLOG,
        scope,
        context -> new SweepExecution(scope, entries, order, context));
  }

  private static TaskExecution execution(Task task, TaskContext context) {
    if (task instanceof Task.Write write) {
      return new WriteExecution(write.entry(), context);
    }
    if (task instanceof Task.Reconcile reconcile) {
      return new ReconcileExecution(reconcile.entry(), context);
    }
    if (task instanceof Task.Retract retract) {
      return new RetractExecution(retract.entry(), retract.ledger(), context);
    }
    throw new IllegalArgumentException("no calls are known for " + task.getClass());
  }

  private StartedTask prepare(
      int partition, Lane lane, Scope scope, Function<TaskContext, TaskExecution> execution) {
    AtomicBoolean abandoned = new AtomicBoolean();
    // Not before the call itself: who waits for anything else must not hold a place meanwhile.
    LaneCalls calls =
        mem0.of(lane, () -> lane == Lane.LIVE && keptPlaces.remove(scope) != null, () -> paused);
    TaskContext context =
        new TaskContext(
            partition,
            calls,
            log,
            curation,
            ledger,
            deadLetters,
            options,
            guard.refusals(),
            guard.empties(),
            clock,
            abandoned::get);
    StartedTask started = new StartedTask(execution.apply(context), scope, calls, abandoned);
    started.holdScope();
    return started;
  }

  /**
   * Makes attempts until the task is done.
   *
   * @return fails with {@link CancellationException} if it was abandoned, with an {@link Error}
   *     otherwise
   */
  public CompletionStage<TaskResult> run(StartedTask started) {
    return guard
        .run(pool, timer, started::attempt)
        .whenComplete((result, failure) -> ended(started));
  }

  /**
   * Makes one attempt of a comparison. If it fails, that is what it ends with.
   *
   * @return fails as that of {@link #run} does
   */
  public CompletionStage<TaskResult> runSweep(StartedTask started) {
    return guard
        .runOnce(pool, started::attempt)
        .handle((result, failure) -> failure == null ? result : failed(started, failure))
        .whenComplete((result, failure) -> ended(started));
  }

  private static TaskResult failed(StartedTask started, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    if (cause instanceof CancellationException abandoned) {
      throw abandoned;
    }
    if (cause instanceof Error fault) {
      throw fault;
    }
    // A refused key is told of anyway, and is tried again by the next sweep if by nothing else.
    boolean hadToWait =
        cause instanceof RetryLaterException
            || cause instanceof LaneCalls.PutOffException
            || cause instanceof Mem0Exception.Auth
            || cause instanceof CallNotPermittedException;
    return new TaskResult.Swept(
        SweepResult.unfinished(started.scope, hadToWait ? null : Mem0Guard.told(cause)));
  }

  private void ended(StartedTask started) {
    if (started.calls.handOver()) {
      keepPlace(started.scope);
    }
    started.releaseScope();
  }

  private void keepPlace(Scope scope) {
    Object place = new Object();
    if (keptPlaces.put(scope, place) != null) {
      mem0.giveBack();
    }
    try {
      var unused =
          timer.schedule(() -> unkeepPlace(scope, place), KEEP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closing) {
      unkeepPlace(scope, place);
    }
  }

  private void unkeepPlace(Scope scope, Object place) {
    if (keptPlaces.remove(scope, place)) {
      mem0.giveBack();
    }
  }

  /** The task by which a write of the scope is under way, or may be; null if there is none. */
  public @Nullable StartedTask holder(Scope scope) {
    return holders.get(scope);
  }

  /**
   * Whether no call is to be begun. Calls under way come to their end, with what has to follow an
   * add; whatever else was begun goes on when this is over.
   */
  public void pause(boolean asked) {
    paused = asked;
  }

  /** How many attempts are under way. */
  public int attempting() {
    return attempting.get();
  }

  /** Whether an attempt begun now would not have to wait for a thread. */
  public boolean hasRoom() {
    return busy() < threads;
  }

  /**
   * As {@link #hasRoom}, with a thread to spare for what users do meanwhile, and as long as no more
   * is on its way to mem0 than mem0 takes at a time: that is enough to keep it busy, and what a
   * user does in a scope waits for what is under way in it.
   */
  public boolean hasRoomForBacklog() {
    return busy() < threads - 1
        && holders.values().stream().filter(StartedTask::isAhead).count() < ahead;
  }

  private int busy() {
    return pool.getActiveCount() + pool.getQueue().size();
  }

  /** Ends all attempts; waits for those under way, but not for ever. */
  public void close(Duration patience) throws InterruptedException {
    timer.shutdownNow();
    keptPlaces.forEach(this::unkeepPlace);
    pool.shutdown();
    if (!pool.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      pool.shutdownNow();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    keptPlaces.forEach(this::unkeepPlace);
    pool.shutdownNow();
  }
}
