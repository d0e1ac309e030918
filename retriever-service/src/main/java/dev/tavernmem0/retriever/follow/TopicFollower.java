package dev.tavernmem0.retriever.ledger;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.service.kafka.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/**
 * Reads the whole ledger topic, from its start and for ever, without a consumer group: every
 * retriever needs all of it. Retrieval does not depend on it: without Kafka, groups are known from
 * the requests only and cached answers live until they expire. So it never fails the start, and
 * keeps trying in the background.
 *
 * <p>A listener container reads; a thread of this class looks after it: makes it when Kafka and the
 * topic are there, again when it has ended, after a wait that doubles, and again when the topic has
 * got more partitions. What begins again reads from the start. Thread-safe.
 */
public final class LedgerFollower implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerFollower.class);
  private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PARTITION_CHECK = Duration.ofSeconds(60);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final DefaultKafkaConsumerFactory<byte[], byte[]> lookers;
  private final DefaultKafkaConsumerFactory<byte[], byte[]> consumers;
  private final LedgerRecords records;
  private final Duration retryInterval;

  private volatile @Nullable ScheduledExecutorService supervisor;
  private volatile @Nullable LedgerContainer container;
  private volatile @Nullable String failure;
  private volatile boolean reachable;

  // Of the supervisor's thread only.
  private Duration wait;
  private long nextBeginning = System.nanoTime();
  private long nextCheck = System.nanoTime();
  private boolean outageReported;

  /**
   * Makes a follower that does nothing before {@link #start}.
   *
   * @param retryInterval wait between attempts to reach Kafka
   */
  public LedgerFollower(
      KafkaClients clients, Duration retryInterval, LedgerListener listener, MeterRegistry meters) {
    this.lookers = clients.consumers(Map.of());
    this.consumers =
        clients.meteredConsumers(
            "ledger",
            Map.of(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                MaxRecordSize.BYTES));
    this.records = new LedgerRecords(listener, meters);
    this.retryInterval = retryInterval;
    this.wait = retryInterval;
  }

  /** Whether the ledger is being read; false until Kafka and the topic are there. */
  public boolean isFollowing() {
    LedgerContainer current = container;
    return current != null && !current.ended() && reachable;
  }

  /**
   * Why the ledger's consumer has ended, until another has lived for a while; null if it has not.
   * Kafka being away ends no consumer.
   */
  public @Nullable String failure() {
    LedgerContainer current = container;
    return current != null && current.ended() ? reason(current) : failure;
  }

  private String reason(LedgerContainer ended) {
    String fault = records.lastFault();
    return ended.reason() + (fault.isEmpty() ? "" : ", " + fault);
  }

  @Override
  public synchronized void start() {
    if (supervisor != null) {
      return;
    }
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "ledger-supervisor");
              thread.setDaemon(true);
              return thread;
            });
    supervisor = started;
    var unused =
        started.scheduleWithFixedDelay(
            this::look, 0, retryInterval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Lets nothing through: a look that fails would be the last one. */
  private void look() {
    try {
      LedgerContainer current = container;
      long now = System.nanoTime();
      if (current != null && current.ended()) {
        bury(current, now);
      } else if (current == null && now - nextBeginning >= 0) {
        begin();
      } else if (current != null && now - nextCheck >= 0) {
        check(current);
      }
    } catch (InterruptException e) {
      LOG.debug("the ledger follower stops");
    } catch (KafkaException e) {
      reachable = false;
      nextCheck = System.nanoTime();
      if (!outageReported) {
        outageReported = true;
        LOG.warn(
            "cannot follow {}, trying again every {} s: {}",
            Topics.LEDGER,
            retryInterval.toSeconds(),
            e.getMessage());
      }
    } catch (RuntimeException | Error e) {
      failure = e.getClass().getName();
      LOG.error("cannot follow {}, trying again: {}", Topics.LEDGER, e.getClass().getName());
    }
  }

  private void bury(LedgerContainer ended, long now) {
    String why = reason(ended);
    LOG.error("the ledger is not read, trying again in {} s: {}", wait.toSeconds(), why);
    failure = why;
    container = null;
    nextBeginning = now + wait.toNanos();
    Duration twice = wait.multipliedBy(2);
    wait = twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
  }

  private void begin() {
    Set<TopicPartition> partitions = partitions();
    LedgerContainer begun = new LedgerContainer(consumers, partitions, records, retryInterval);
    begun.start();
    reachable = true;
    outageReported = false;
    // Soon after a failure: then it is seen whether this one lives.
    nextCheck = System.nanoTime() + (failure == null ? PARTITION_CHECK : wait).toNanos();
    container = begun;
    LOG.info("following {} on {} partitions", Topics.LEDGER, partitions.size());
  }

  private void check(LedgerContainer current) {
    failure = null;
    wait = retryInterval;
    nextCheck = System.nanoTime() + PARTITION_CHECK.toNanos();
    Set<TopicPartition> partitions = partitions();
    reachable = true;
    outageReported = false;
    if (!current.partitions().containsAll(partitions)) {
      container = null;
      current.stop();
      begin();
    }
  }

  private Set<TopicPartition> partitions() {
    try (Consumer<byte[], byte[]> looker = lookers.createConsumer()) {
      Set<TopicPartition> partitions =
          looker.partitionsFor(Topics.LEDGER, METADATA_TIMEOUT).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .collect(Collectors.toUnmodifiableSet());
      if (partitions.isEmpty()) {
        throw new KafkaException("the topic does not exist");
      }
      return partitions;
    }
  }

  @Override
  public synchronized void stop() {
    ScheduledExecutorService running = supervisor;
    if (running == null) {
      return;
    }
    running.shutdownNow();
    try {
      if (!running.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("the ledger's supervisor does not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LedgerContainer current = container;
    if (current != null) {
      current.stop();
    }
    container = null;
    supervisor = null;
  }

  @Override
  public boolean isRunning() {
    return supervisor != null;
  }
}
