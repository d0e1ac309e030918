package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.FaultyRecords;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.curation.DecidedTurns;
import dev.tavernmem0.writer.kafka.CurationLog;
import dev.tavernmem0.writer.kafka.DeadLetters;
import dev.tavernmem0.writer.kafka.ForgetLog;
import dev.tavernmem0.writer.kafka.LedgerReader;
import dev.tavernmem0.writer.kafka.LedgerTopic;
import dev.tavernmem0.writer.kafka.LogCompaction;
import dev.tavernmem0.writer.kafka.LogEraser;
import dev.tavernmem0.writer.kafka.PartitionReader;
import dev.tavernmem0.writer.kafka.PauseLog;
import dev.tavernmem0.writer.kafka.ReplayLog;
import dev.tavernmem0.writer.kafka.TurnLog;
import dev.tavernmem0.writer.kafka.WriterClients;
import dev.tavernmem0.writer.mem0.Mem0Guard;
import dev.tavernmem0.writer.mem0.MessageRoles;
import dev.tavernmem0.writer.mem0.StoredMemories;
import dev.tavernmem0.writer.mem0.TaskPool;
import dev.tavernmem0.writer.mem0.TaskResult;
import dev.tavernmem0.writer.scope.Effect;
import dev.tavernmem0.writer.scope.Lane;
import dev.tavernmem0.writer.scope.ScopeState;
import dev.tavernmem0.writer.scope.TryAgain;
import dev.tavernmem0.writer.scope.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One membership in the consumer group. All its state belongs to the thread that calls {@link
 * #step}; other threads hand it tasks through {@link #enqueue}.
 */
final class ConsumerSession implements ConsumerRebalanceListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsumerSession.class);
  private static final Duration POLL = Duration.ofMillis(50);

  /** Short, because the end of a task makes room for the next one. */
  private static final Duration POLL_AT_WORK = Duration.ofMillis(10);

  private static final Duration COMMIT_EVERY = Duration.ofSeconds(1);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(15);
  private static final Duration SNAPSHOT_SILENCE = Duration.ofMinutes(1);
  private static final int MOST_NAMED = 10;
  private static final Duration PUBLISH_EVERY = Duration.ofMillis(250);

  private final SessionOptions options;
  private final Consumer<byte[], byte[]> consumer;
  private final LedgerReader ledgerReader;
  private final LedgerTopic ledger;
  private final String ledgerName;
  private final CurationLog curation;
  private final DeadLetters deadLetters;
  private final Dispatcher dispatcher;
  private final Mem0Guard guard;
  private final MessageRoles roles;
  private final IntSupplier mostTokens;
  private final FaultyRecords faulty;
  private final Sweeps sweeps;
  private final Replays replays;
  private final Forgets forgets;
  private final WriterMetrics metrics;
  private final InstantSource clock;
  private final ConcurrentLinkedQueue<Runnable> inbox = new ConcurrentLinkedQueue<>();
  private final Map<Integer, AssignedPartition> partitions = new TreeMap<>();
  private final OffsetCommits commits;

  private volatile Set<Integer> owned = Set.of();
  private final Progress progress;

  private PauseLog.Pause pause;
  private @Nullable Throwable failure;
  private @Nullable String pausedBy;
  private Instant lastCommit = Instant.MIN;
  private Instant lastPublish = Instant.MIN;

  ConsumerSession(
      SessionOptions options,
      WriterClients clients,
      LedgerTopic ledger,
      CurationLog curation,
      DeadLetters deadLetters,
      TaskPool pool,
      Mem0Guard guard,
      MessageRoles roles,
      IntSupplier mostTokens,
      PauseLog.Pause pause,
      ReplayLog replayLog,
      ForgetLog forgetLog,
      LogEraser eraser,
      StoredMemories memories,
      TurnLog log,
      int concurrency,
      FaultyRecords faulty,
      Sweeps sweeps,
      WriterMetrics metrics,
      InstantSource clock) {
    this.options = options;
    this.ledgerReader = new LedgerReader(clients);
    this.ledger = ledger;
    this.curation = curation;
    this.deadLetters = deadLetters;
    this.guard = guard;
    this.roles = roles;
    this.mostTokens = mostTokens;
    this.pause = pause;
    this.faulty = faulty;
    this.sweeps = sweeps;
    this.metrics = metrics;
    this.clock = clock;
    this.dispatcher = new Dispatcher(pool, this);
    this.consumer = clients.groupConsumer();
    this.replays = new Replays(replayLog, log, new PartitionReader(clients), this, concurrency);
    this.forgets =
        new Forgets(
            forgetLog,
            curation,
            memories,
            new PartitionReader(clients),
            eraser,
            new LogCompaction(clients),
            this);
    this.ledgerName = clients.ledger();
    this.commits = new OffsetCommits(consumer);
    this.progress = new Progress(clock.instant());
    consumer.subscribe(List.of(Topics.TURNS), this);
  }

  /** Has a task run by the session's thread. Callable from any thread. */
  void enqueue(Runnable task) {
    inbox.add(task);
  }

  /** Ends the session with this failure. Callable from tasks only. */
  void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
  }

  /** One turn of the loop; takes some ten milliseconds when nothing happens. */
  void step() {
    Duration patience = dispatcher.inFlight() > 0 ? POLL_AT_WORK : POLL;
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
      take(record);
    }
    restoreAssigned();
    runInbox();
    Throwable cause = failure != null ? failure : ledger.failure();
    if (cause != null) {
      throw new KafkaException("a task of the writer failed", cause);
    }
    Instant now = clock.instant();
    gate();
    plan(now);
    if (!lastCommit.isAfter(now.minus(COMMIT_EVERY))) {
      lastCommit = now;
      commits.begin(partitions.values());
    }
    if (!lastPublish.isAfter(now.minus(PUBLISH_EVERY))) {
      lastPublish = now;
      WriterStatus status = status();
      metrics.publish(status);
      progress.report(status.waitingTurns(), pausedBy, now);
    }
  }

  private void runInbox() {
    for (Runnable task = inbox.poll(); task != null; task = inbox.poll()) {
      task.run();
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    AssignedPartition partition = partitions.get(record.partition());
    if (partition == null) {
      return;
    }
    if (faulty.givenUp(record)) {
      partition.leave(record);
      bury(partition, record, "fault", "the writer failed on it each time");
      return;
    }
    try {
      AssignedPartition.Taken taken = partition.take(record, clock.instant());
      if (taken.forgotten()) {
        partition.offsets().owed(record.offset());
        whenDurable(
            forgets.eraser().erase(record), () -> partition.close(List.of(record.offset())));
      }
      apply(partition, taken.effects());
      metrics.record(taken.known() ? "folded" : "unknown");
    } catch (AssignedPartition.UnusableRecordException e) {
      bury(partition, record, "undecodable", String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      LOG.error("failed on {}-{} offset {}", record.topic(), record.partition(), record.offset());
      faulty.failed(record);
      throw e;
    }
  }

  /** Copies a record to the dead letters; then it is done with. */
  private void bury(
      AssignedPartition partition,
      ConsumerRecord<byte[], byte[]> record,
      String reason,
      String message) {
    LOG.warn(
        "{}-{} offset {} goes to the dead-letter topic: {}",
        record.topic(),
        record.partition(),
        record.offset(),
        message);
    whenDurable(
        deadLetters.add(record, reason, message),
        () -> {
          metrics.deadRecord(reason);
          partition.close(List.of(record.offset()));
        });
  }

  /** Makes the effects durable; their offsets count as done afterwards. */
  void apply(AssignedPartition partition, List<Effect> effects) {
    for (Effect effect : effects) {
      if (effect instanceof Effect.Append append) {
        whenDurable(
            ledger.append(partition.number(), append.entry()),
            () -> {
              metrics.recorded(append.entry());
              partition.close(append.closes());
            });
      } else if (effect instanceof Effect.Forget forget) {
        whenDurable(
            ledger.remove(partition.number(), forget.key()),
            () -> partition.close(forget.closes()));
      } else if (effect instanceof Effect.Owe owe) {
        partition.offsets().owed(owe.offset());
      } else {
        partition.close(effect.closes());
      }
    }
  }

  /** A task of a scope has ended. */
  void finished(AssignedPartition partition, ScopeState scope, Lane lane, TaskResult result) {
    if (!has(partition)) {
      return;
    }
    Instant now = clock.instant();
    if (result instanceof TaskResult.Recorded recorded) {
      metrics.recorded(recorded.entry());
      metrics.ended(lane, recorded.entry());
      progress.done(recorded.entry(), now);
      apply(partition, scope.completed(recorded.entry(), now));
    } else if (result instanceof TaskResult.NotStored notStored) {
      apply(partition, scope.notStored(notStored.intent(), now));
    } else if (result instanceof TaskResult.Repeatable repeatable) {
      scope.repeatable(repeatable.intent());
    } else if (result instanceof TaskResult.PutOff putOff) {
      apply(partition, scope.putOff(putOff.intent(), now));
    } else if (result instanceof TaskResult.Swept swept) {
      sweeps.ended(swept.result(), now);
      metrics.swept(swept.result());
      if (!swept.result().dryRun()) {
        apply(partition, scope.adopt(swept.result().adoptions(), now));
      }
    } else if (result instanceof TaskResult.Refused refused) {
      LOG.warn(
          "batch {} of {} turns is refused, and is tried again {}: {}",
          refused.intent().batchId(),
          refused.intent().turns().size(),
          refused.again() == TryAgain.IN_PARTS ? "in two parts" : "later",
          refused.message());
      apply(partition, scope.refused(refused.intent(), refused.again(), now));
    }
    partition.refresh(scope);
  }

  /**
   * Runs this on the session's thread when the write is durable; if it fails, so does the session.
   */
  void whenDurable(CompletableFuture<Void> write, Runnable then) {
    var unused =
        write.whenComplete(
            (done, failed) ->
                enqueue(
                    () -> {
                      if (failed == null) {
                        then.run();
                      } else if (!(failed instanceof CancellationException)) {
                        fail(failed);
                      }
                    }));
  }

  private void plan(Instant now) {
    List<AssignedPartition> restored =
        partitions.values().stream().filter(AssignedPartition::isRestored).toList();
    tryAgain(now);
    replays.step(restored, pausedBy == null, now);
    forgets.step(restored, now);
    for (AssignedPartition partition : restored) {
      consumer.currentLag(turns(partition.number())).ifPresent(lag -> partition.caughtUp(lag == 0));
      for (ScopeState scope : partition.active()) {
        apply(partition, scope.tick(now, partition.caughtUp()));
        partition.refresh(scope);
      }
    }
    if (pausedBy == null) {
      dispatcher.begin(restored, now);
      sweep(restored, now);
    } else if (consuming()) {
      if (dispatcher.probe(restored, now)) {
        guard.probed();
      } else {
        sweep(restored, now);
      }
    }
  }

  /**
   * Begins to compare a scope with mem0, if one is due and there is room.
   *
   * @return whether one is begun
   */
  private boolean sweep(List<AssignedPartition> restored, Instant now) {
    Sweeps.Due due = dispatcher.hasRoomForSweep() ? sweeps.next(restored, now) : null;
    if (due == null) {
      return false;
    }
    boolean begun = dispatcher.beginSweep(due);
    if (begun) {
      sweeps.begun(due.scope().scope());
    } else {
      sweeps.isBusy(due.scope().scope(), now);
    }
    return begun;
  }

  /** What the provider's fault made empty is written again once it is mended. */
  private void tryAgain(Instant now) {
    Map<Scope, Set<String>> batches = guard.toBeTriedAgain();
    if (batches.isEmpty()) {
      return;
    }
    int requeued = 0;
    for (AssignedPartition partition : partitions.values()) {
      for (ScopeState scope : partition.scopes()) {
        for (String batchId : batches.getOrDefault(scope.scope(), Set.of())) {
          LedgerEntry batch = scope.batch(batchId).orElse(null);
          if (batch != null && batch.fate() == Fate.EMPTY) {
            scope.requeue(batch, Lane.LIVE, now);
            requeued++;
          }
        }
        partition.refresh(scope);
      }
    }
    LOG.info("{} batches in which mem0 found nothing are tried again", requeued);
  }

  private void gate() {
    Mem0Guard.Blocked blocked = guard.blocked();
    String reason = blocked == null ? null : blocked.name().toLowerCase(Locale.ROOT);
    if (pause.paused()) {
      reason = WriterStatus.BY_OPERATOR;
    }
    if (!options.enabled()) {
      reason = "disabled";
    }
    if (!Objects.equals(reason, pausedBy)) {
      LOG.info(reason == null ? "consuming" : "consumption is paused: {}", reason);
      pausedBy = reason;
    }
    dispatcher.pause(pause.paused());
    List<TopicPartition> restored =
        partitions.values().stream()
            .filter(AssignedPartition::isRestored)
            .map(partition -> turns(partition.number()))
            .toList();
    if (reading()) {
      consumer.resume(restored);
    } else {
      consumer.pause(restored);
    }
  }

  /** While an operator pauses, turns are read: so the status tells what waits. */
  private boolean reading() {
    return pause.paused() ? options.enabled() : consuming();
  }

  /**
   * Whether tasks are begun, and, unless an operator pauses, turns are read. A refused key, or a
   * provider that refuses whatever it is given, stops both until it is time to try again.
   */
  private boolean consuming() {
    return pausedBy == null
        || (options.enabled() && !pause.paused() && guard.wantsProbe(dispatcher.inFlight()));
  }

  private static TopicPartition turns(int partition) {
    return new TopicPartition(Topics.TURNS, partition);
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
    for (TopicPartition partition : assigned) {
      partitions.put(
          partition.partition(),
          new AssignedPartition(
              partition.partition(), options.rules(), mostTokens, options.eligibility()));
    }
    consumer.pause(assigned);
  }

  private void restoreAssigned() {
    owned = Set.copyOf(partitions.keySet());
    Map<Integer, AssignedPartition> assigned = new TreeMap<>();
    for (AssignedPartition partition : partitions.values()) {
      if (!partition.isRestored()) {
        assigned.put(partition.number(), partition);
      }
    }
    if (assigned.isEmpty()) {
      return;
    }
    ledger.own(assigned.keySet());
    long begun = System.nanoTime();
    Map<Integer, Integer> unreadable = ledgerReader.read(assigned);
    Map<TopicPartition, Long> ends =
        consumer.endOffsets(assigned.keySet().stream().map(ConsumerSession::turns).toList());
    assigned.forEach(
        (number, partition) ->
            restored(
                partition,
                ends.getOrDefault(turns(number), 0L),
                unreadable.getOrDefault(number, 0)));
    metrics.restored(Duration.ofNanos(System.nanoTime() - begun));
  }

  private void restored(AssignedPartition partition, long end, int unreadable) {
    TopicPartition turns = turns(partition.number());
    metrics.unreadableLedgerEntries(unreadable);
    if (partition.highestLedgerOffset() >= end) {
      throw new KafkaException(
          ("the ledger knows offset %d of %s, which ends at %d: the log was replaced; delete topic"
                  + " %s too to start over, or restore the log")
              .formatted(partition.highestLedgerOffset(), turns, end, ledgerName));
    }
    curation.own(partition.number());
    partition.heed(curation.ofTurns(partition.number()), clock.instant());
    apply(partition, partition.restored(unreadable, clock.instant()));
    LOG.info(
        "partition {}: {} chats, {} turns to write, going on at offset {}",
        partition.number(),
        partition.chats(),
        partition.waiting().turns(),
        consumer.position(turns));
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
    if (revoked.isEmpty()) {
      return;
    }
    finish(
        revoked.stream()
            .map(partition -> partitions.get(partition.partition()))
            .filter(Objects::nonNull)
            .toList());
    onPartitionsLost(revoked);
  }

  /** Lets the calls under way come to their end, though not for ever, and commits. */
  private void finish(List<AssignedPartition> going) {
    dispatcher.abandon(going);
    Instant patience = clock.instant().plus(options.shutdownTimeout());
    while (dispatcher.attempting(going) && clock.instant().isBefore(patience)) {
      pauseBriefly();
      runInbox();
    }
    runInbox();
    commits.finish(going);
  }

  private static void pauseBriefly() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> lost) {
    for (TopicPartition partition : lost) {
      AssignedPartition gone = partitions.remove(partition.partition());
      commits.forget(partition.partition());
      if (gone != null) {
        dispatcher.abandon(List.of(gone));
        ledger.disown(gone.number());
      }
    }
  }

  /** Whether this is a partition of ours, and not one that was. */
  boolean has(AssignedPartition partition) {
    return partitions.get(partition.number()) == partition;
  }

  Replays replays() {
    return replays;
  }

  Forgets forgets() {
    return forgets;
  }

  /** Where the reading of a partition goes on; all before it is folded. */
  long position(int partition) {
    return consumer.position(turns(partition));
  }

  /** Most turns of a batch of the backlog. */
  int backlogTurns() {
    return options.rules().backlogTurns();
  }

  Sweeps sweeps() {
    return sweeps;
  }

  /** The partitions of this instance. Callable from any thread. */
  Set<Integer> owned() {
    return owned;
  }

  /** Users decided this about the turns of a partition, and nothing else. */
  void heed(int number, DecidedTurns decided) {
    AssignedPartition partition = partitions.get(number);
    if (partition != null) {
      apply(partition, partition.heed(decided, clock.instant()));
    }
  }

  /**
   * An operator asks for a pause, or for its end; what was asked for earlier is no news.
   *
   * @return the status after that
   */
  WriterStatus heed(PauseLog.Pause asked) {
    if (asked.offset() > pause.offset()) {
      pause = asked;
      gate();
    }
    metrics.publish(status());
    return metrics.status();
  }

  Instant now() {
    return clock.instant();
  }

  /** The partitions that are ours; for tasks only. */
  Collection<AssignedPartition> partitions() {
    return partitions.values();
  }

  /** Whether the group's coordinator has not been reached for longer than it would keep us. */
  private boolean kafkaSilent() {
    return consumer.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("last-heartbeat-seconds-ago"))
        .anyMatch(
            metric ->
                metric.metricValue() instanceof Number seconds
                    && seconds.doubleValue() > SILENCE.toSeconds());
  }

  private WriterStatus status() {
    Instant now = clock.instant();
    List<WriterStatus.PartitionStatus> each =
        partitions.values().stream()
            .map(
                partition ->
                    new WriterStatus.PartitionStatus(
                        partition.number(),
                        partition.offsets().next(),
                        partition.offsets().committable(),
                        partition.offsets().size(),
                        consumer.currentLag(turns(partition.number())).orElse(-1)))
            .toList();
    Waiting waiting =
        partitions.values().stream()
            .map(AssignedPartition::waiting)
            .reduce(Waiting.NOTHING, Waiting::and);
    List<Hold> holds =
        partitions.values().stream()
            .flatMap(partition -> partition.scopes().stream())
            .flatMap(scope -> Hold.of(scope).stream())
            .sorted(Comparator.comparing(Hold::since))
            .toList();
    List<UnendedSnapshot> unended =
        partitions.values().stream()
            .flatMap(
                partition ->
                    partition.snapshots().silentSince(now.minus(SNAPSHOT_SILENCE)).stream())
            .sorted(Comparator.comparing(UnendedSnapshot::lastRead))
            .limit(MOST_NAMED)
            .toList();
    boolean running =
        !partitions.isEmpty()
            && partitions.values().stream().allMatch(AssignedPartition::isRestored);
    long lag = each.stream().mapToLong(partition -> Math.max(0, partition.lag())).sum();
    boolean silent = kafkaSilent();
    WriterStatus.State state = running ? WriterStatus.State.RUNNING : WriterStatus.State.JOINING;
    return new WriterStatus(
        silent ? WriterStatus.State.CONNECTING : state,
        pausedBy,
        silent ? "Kafka does not answer" : guard.lastError(),
        roles(),
        partitions.values().stream().mapToInt(AssignedPartition::chats).sum(),
        waiting.live(),
        waiting.backlog(),
        age(waiting.oldestLive(), now),
        age(waiting.oldestBacklog(), now),
        pause.paused() ? dispatcher.attempting() : dispatcher.inFlight(),
        lag,
        progress.turnsPerMinute(now),
        progress.secondsLeft(lag + waiting.turns(), now),
        CallsPerHundredTurns.NONE,
        turns(Fate.DEAD),
        turns(Fate.EMPTY),
        0,
        holds.size(),
        holds.stream().limit(MOST_NAMED).toList(),
        unended,
        Stream.concat(replays.stopped().stream(), forgets.stopped().stream())
            .limit(MOST_NAMED)
            .toList(),
        0,
        partitions.values().stream().mapToInt(AssignedPartition::unreadableLedgerRecords).sum(),
        sweeps.status(partitions.values()).withFindings(MOST_NAMED),
        each);
  }

  private @Nullable String roles() {
    MessageRoles.Choice used = roles.used();
    return used == null ? null : used.name().toLowerCase(Locale.ROOT);
  }

  private int turns(Fate fate) {
    return partitions.values().stream()
        .flatMap(partition -> partition.scopes().stream())
        .mapToInt(scope -> scope.turns(fate))
        .sum();
  }

  private static long age(@Nullable Instant since, Instant now) {
    return since == null ? 0 : Duration.between(since, now).toMillis();
  }

  /** Leaves the group; waits for calls under way, but not for ever. */
  @Override
  public void close() {
    try {
      // Here, because a member with a name of its own stays in the group and gives up nothing.
      finish(List.copyOf(partitions.values()));
    } catch (KafkaException e) {
      LOG.warn("cannot commit at the end: {}; nothing is lost by that", e.getMessage());
    } finally {
      onPartitionsLost(partitions.keySet().stream().map(ConsumerSession::turns).toList());
      replays.close();
      forgets.close();
      consumer.close(CloseOptions.timeout(CLOSE_PATIENCE));
    }
  }
}
