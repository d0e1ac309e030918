package dev.tavernmem0.retriever.follow;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.service.kafka.KafkaClients;
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
 * Reads a whole topic, from its start and for ever, without a consumer group: every retriever needs
 * all of it. Retrieval does not depend on it. So it never fails the start, and keeps trying in the
 * background.
 *
 * <p>A listener container reads; a thread of this class looks after it: makes it when Kafka and the
 * topic are there, again when it has ended, after a wait that doubles, and again when the topic has
 * got more partitions. What begins again reads from the start. Thread-safe.
 */
public class TopicFollower implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
  private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PARTITION_CHECK = Duration.ofSeconds(60);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final DefaultKafkaConsumerFactory<byte[], byte[]> lookers;
  private final DefaultKafkaConsumerFactory<byte[], byte[]> consumers;
  private final String topic;
  private final String name;
  private final TopicRecords records;
  private final Duration retryInterval;

  private volatile @Nullable ScheduledExecutorService supervisor;
  private volatile @Nullable TopicContainer container;
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
   * @param name of what the topic holds, for threads, meters and what is logged
   * @param retryInterval wait between attempts to reach Kafka
   */
  protected TopicFollower(
      KafkaClients clients,
      String topic,
      String name,
      TopicRecords records,
      Duration retryInterval) {
    this.topic = topic;
    this.name = name;
    this.lookers = clients.consumers(Map.of());
    this.consumers =
        clients.meteredConsumers(
            name,
            Map.of(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                MaxRecordSize.BYTES));
    this.records = records;
    this.retryInterval = retryInterval;
    this.wait = retryInterval;
  }

  /** Whether the topic is being read; false until Kafka and the topic are there. */
  public boolean isFollowing() {
    TopicContainer current = container;
    return current != null && !current.ended() && reachable;
  }

  /**
   * Why the topic's consumer has ended, until another has lived for a while; null if it has not.
   * Kafka being away ends no consumer.
   */
  public @Nullable String failure() {
    TopicContainer current = container;
    return current != null && current.ended() ? reason(current) : failure;
  }

  private String reason(TopicContainer ended) {
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
              Thread thread = new Thread(task, name + "-supervisor");
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
      TopicContainer current = container;
      long now = System.nanoTime();
      if (current != null && current.ended()) {
        bury(current, now);
      } else if (current == null && now - nextBeginning >= 0) {
        begin();
      } else if (current != null && now - nextCheck >= 0) {
        check(current);
      }
    } catch (InterruptException e) {
      LOG.debug("the follower of {} stops", topic);
    } catch (KafkaException e) {
      reachable = false;
      nextCheck = System.nanoTime();
      if (!outageReported) {
        outageReported = true;
        LOG.warn(
            "cannot follow {}, trying again every {} s: {}",
            topic,
            retryInterval.toSeconds(),
            e.getMessage());
      }
    } catch (RuntimeException | Error e) {
      failure = e.getClass().getName();
      LOG.error("cannot follow {}, trying again: {}", topic, e.getClass().getName());
    }
  }

  private void bury(TopicContainer ended, long now) {
    String why = reason(ended);
    LOG.error("the {} is not read, trying again in {} s: {}", name, wait.toSeconds(), why);
    failure = why;
    container = null;
    nextBeginning = now + wait.toNanos();
    Duration twice = wait.multipliedBy(2);
    wait = twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
  }

  private void begin() {
    Set<TopicPartition> partitions = partitions();
    TopicContainer begun = new TopicContainer(consumers, partitions, name, records, retryInterval);
    begun.start();
    reachable = true;
    outageReported = false;
    // Soon after a failure: then it is seen whether this one lives.
    nextCheck = System.nanoTime() + (failure == null ? PARTITION_CHECK : wait).toNanos();
    container = begun;
    LOG.info("following {} on {} partitions", topic, partitions.size());
  }

  private void check(TopicContainer current) {
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
          looker.partitionsFor(topic, METADATA_TIMEOUT).stream()
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
        LOG.warn("the supervisor of {} does not stop", topic);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    TopicContainer current = container;
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
