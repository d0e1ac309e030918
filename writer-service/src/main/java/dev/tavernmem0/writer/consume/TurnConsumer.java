package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.kafka.FaultyRecords;
import dev.tavernmem0.writer.kafka.CurationLog;
import dev.tavernmem0.writer.kafka.DeadLetters;
import dev.tavernmem0.writer.kafka.ForgetLog;
import dev.tavernmem0.writer.kafka.LedgerTopic;
import dev.tavernmem0.writer.kafka.LogEraser;
import dev.tavernmem0.writer.kafka.PauseLog;
import dev.tavernmem0.writer.kafka.ReplayLog;
import dev.tavernmem0.writer.kafka.TurnLog;
import dev.tavernmem0.writer.kafka.WriterClients;
import dev.tavernmem0.writer.kafka.WriterTopics;
import dev.tavernmem0.writer.mem0.Mem0Calls;
import dev.tavernmem0.writer.mem0.Mem0Guard;
import dev.tavernmem0.writer.mem0.StoredMemories;
import dev.tavernmem0.writer.mem0.TaskPool;
import dev.tavernmem0.writer.mem0.WriteOptions;
import dev.tavernmem0.writer.scope.Effect;
import dev.tavernmem0.writer.scope.ScopeState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes turn events on a thread of its own, and connects again after every failure, errors
 * included: what was in memory comes back from the ledger and the log. Until it has, the status is
 * {@code CONNECTING} and says why, and health is down. Thread-safe.
 */
public final class TurnConsumer {
  private static final Logger LOG = LoggerFactory.getLogger(TurnConsumer.class);

  private final SessionOptions options;
  private final WriterClients clients;
  private final Mem0Calls mem0;
  private final Mem0Guard guard;
  private final WriteOptions writeOptions;
  private final int concurrency;
  private final WriterMetrics metrics;
  private final InstantSource clock;

  private final Sweeps sweeps;
  private final FaultyRecords faulty = new FaultyRecords();
  private final ReconnectWait wait;
  private final CountDownLatch stop = new CountDownLatch(1);
  private volatile @Nullable ConsumerSession session;
  private volatile @Nullable PauseWatch pauses;
  private volatile @Nullable ReplayWatch replays;
  private volatile @Nullable ForgetWatch forgets;
  private volatile @Nullable Thread thread;

  public TurnConsumer(
      SessionOptions options,
      WriterClients clients,
      Mem0Calls mem0,
      Mem0Guard guard,
      WriteOptions writeOptions,
      int concurrency,
      WriterMetrics metrics,
      InstantSource clock) {
    this.options = options;
    this.clients = clients;
    this.mem0 = mem0;
    this.guard = guard;
    this.writeOptions = writeOptions;
    this.concurrency = concurrency;
    this.metrics = metrics;
    this.clock = clock;
    this.sweeps = new Sweeps(options.sweep(), clock.instant());
    this.wait = new ReconnectWait(options.reconnectWait());
  }

  /** Starts consuming; returns at once. */
  public void start() {
    startThread();
  }

  private void startThread() {
    Thread started = new Thread(this::run, "writer-consumer");
    started.setUncaughtExceptionHandler(this::died);
    thread = started;
    started.start();
  }

  /** Leaves the group and returns when calls under way have ended, or the time is up. */
  public void stop() throws InterruptedException {
    stop.countDown();
    Thread running = thread;
    if (running != null) {
      running.join(options.shutdownTimeout().plusSeconds(10).toMillis());
    }
  }

  private void run() {
    while (stop.getCount() > 0) {
      Instant begun = clock.instant();
      try {
        metrics.publish(WriterStatus.without(WriterStatus.State.CONNECTING, lastError()));
        WriterTopics.prepare(clients, options.partitions(), options.replicationFactor());
        consume();
      } catch (InterruptedException e) {
        break;
      } catch (RuntimeException | Error e) {
        // An error too: whoever waits for this thread would wait for ever.
        metrics.sessionFailed();
        String message = message(e);
        if (!message.equals(lastError())) {
          LOG.error("not consuming, trying again: {}", message);
        }
        LOG.debug("cause", e);
        metrics.publish(WriterStatus.without(WriterStatus.State.CONNECTING, message));
        if (!pause(wait.after(e, Duration.between(begun, clock.instant())))) {
          break;
        }
      }
    }
    metrics.publish(WriterStatus.without(WriterStatus.State.STOPPED, null));
  }

  /**
   * What {@link #run} cannot catch, or throws when it does. The dead thread starts the next one.
   */
  private void died(Thread dead, Throwable cause) {
    metrics.sessionFailed();
    metrics.publish(WriterStatus.without(WriterStatus.State.CONNECTING, message(cause)));
    LOG.error("the consumer's thread died, starting another: {}", message(cause));
    if (pause(options.reconnectWait())) {
      startThread();
    } else {
      metrics.publish(WriterStatus.without(WriterStatus.State.STOPPED, null));
    }
  }

  private @Nullable String lastError() {
    return metrics.status().lastError();
  }

  /**
   * In words for Kafka's failures; of a fault of ours the place, since its words can be a chat's.
   */
  private static String message(Throwable failure) {
    Throwable cause = failure.getCause();
    String type = failure.getClass().getName();
    if (failure instanceof KafkaException) {
      String own = failure.getMessage() == null ? type : failure.getMessage();
      if (cause == null || cause == failure || own.contains("" + cause.getMessage())) {
        return own;
      }
      return own + ": " + message(cause);
    }
    if (failure instanceof VirtualMachineError) {
      return failure.toString();
    }
    StackTraceElement[] trace = failure.getStackTrace();
    return "a fault of the writer: " + type + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  private boolean pause(Duration time) {
    try {
      return !stop.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void consume() throws InterruptedException {
    try (Producer<byte[], byte[]> producer = clients.producer();
        LedgerTopic ledger = new LedgerTopic(clients);
        TurnLog log = new TurnLog(clients);
        CurationLog curation = new CurationLog(clients);
        PauseLog pauseLog = new PauseLog(clients, producer);
        ReplayLog replayLog = new ReplayLog(clients, producer);
        ForgetLog forgetLog = new ForgetLog(clients, producer)) {
      PauseLog.Pause pause = pauseLog.now();
      DeadLetters deadLetters = new DeadLetters(producer);
      TaskPool pool =
          new TaskPool(
              mem0, guard, log, curation, ledger, deadLetters, writeOptions, concurrency, clock);
      try (ConsumerSession current =
              new ConsumerSession(
                  options,
                  clients,
                  ledger,
                  curation,
                  deadLetters,
                  pool,
                  guard,
                  writeOptions.roles(),
                  writeOptions.tokens()::most,
                  pause,
                  replayLog,
                  forgetLog,
                  new LogEraser(clients, producer),
                  new StoredMemories(mem0),
                  log,
                  concurrency,
                  faulty,
                  sweeps,
                  metrics,
                  clock);
          CurationWatch watch = new CurationWatch(curation, current);
          PauseWatch pauseWatch = new PauseWatch(pauseLog, pause, current, clock);
          ReplayWatch replayWatch = new ReplayWatch(replayLog, current);
          ForgetWatch forgetWatch = new ForgetWatch(forgetLog, current)) {
        session = current;
        pauses = pauseWatch;
        replays = replayWatch;
        forgets = forgetWatch;
        while (stop.getCount() > 0) {
          current.step();
        }
      } finally {
        session = null;
        pauses = null;
        replays = null;
        forgets = null;
        pool.close();
      }
    }
  }

  /** How long so many adds take at least, as mem0 has answered so far; empty if it has not. */
  Optional<Duration> durationOf(long adds) {
    return mem0.meanAdd().map(each -> each.multipliedBy(adds).dividedBy(concurrency));
  }

  /** How the writer is doing. */
  public WriterStatus status() {
    return metrics.status();
  }

  /**
   * Asks a question of, or changes, the partitions of this instance, on the consumer's thread.
   *
   * @return fails with {@link NotConnectedException} while there is no connection to Kafka
   */
  <T> CompletableFuture<T> ask(Function<PartitionAccess, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    ConsumerSession current = session;
    if (current == null) {
      answer.completeExceptionally(new NotConnectedException());
      return answer;
    }
    current.enqueue(
        () -> {
          try {
            answer.complete(question.apply(new PartitionAccess(current)));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /**
   * Asks for a pause of the whole group, or for its end.
   *
   * @return the status after that; fails with {@link NotConnectedException} while there is no
   *     connection to Kafka
   */
  CompletableFuture<WriterStatus> askForPause(boolean paused) {
    PauseWatch current = pauses;
    return current == null
        ? CompletableFuture.failedFuture(new NotConnectedException())
        : current.ask(paused);
  }

  /**
   * The replays.
   *
   * @throws NotConnectedException while there is no connection to Kafka
   */
  ReplayWatch replays() {
    ReplayWatch current = replays;
    if (current == null) {
      throw new NotConnectedException();
    }
    return current;
  }

  /**
   * What is to be forgotten.
   *
   * @throws NotConnectedException while there is no connection to Kafka
   */
  ForgetWatch forgets() {
    ForgetWatch current = forgets;
    if (current == null) {
      throw new NotConnectedException();
    }
    return current;
  }

  /** What a question may touch. */
  static final class PartitionAccess {
    private final ConsumerSession session;

    private PartitionAccess(ConsumerSession session) {
      this.session = session;
    }

    Collection<AssignedPartition> partitions() {
      return session.partitions();
    }

    void apply(AssignedPartition partition, ScopeState scope, List<Effect> effects) {
      session.apply(partition, effects);
      partition.refresh(scope);
    }

    /** The numbers of the partitions, lowest first. */
    List<Integer> numbers() {
      return session.partitions().stream().map(AssignedPartition::number).sorted().toList();
    }

    /** Where the reading of a partition goes on; all before it is folded. */
    long position(int partition) {
      return session.position(partition);
    }

    Sweeps sweeps() {
      return session.sweeps();
    }

    Instant now() {
      return session.now();
    }
  }

  /** There is no connection to Kafka. */
  public static final class NotConnectedException extends RuntimeException {
    NotConnectedException() {
      super("the writer is not connected to Kafka");
    }
  }
}
