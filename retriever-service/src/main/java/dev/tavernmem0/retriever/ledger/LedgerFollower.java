package dev.tavernmem0.retriever.ledger;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.retriever.scope.GroupDirectory;
import dev.tavernmem0.retriever.search.ScopeGenerations;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Reads the whole ledger topic, from its start and for ever, without a consumer group: every
 * retriever needs all of it. Retrieval does not depend on it: without Kafka, groups are known from
 * the requests only and cached answers live until they expire. So it never fails the start, and
 * keeps trying in the background.
 */
public final class LedgerFollower implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerFollower.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PARTITION_CHECK = Duration.ofSeconds(60);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  /** States of a batch in which mem0 holds the same as before. */
  private static final Set<Fate> CHANGE_NOTHING =
      EnumSet.of(Fate.PENDING, Fate.SKIPPED, Fate.HELD, Fate.EMPTY);

  private final Map<String, Object> consumerProperties;
  private final Duration retryInterval;
  private final GroupDirectory groups;
  private final ScopeGenerations generations;
  private final Counter entries;
  private final Counter malformed;

  private volatile CountDownLatch stopping = new CountDownLatch(1);
  private volatile boolean following;
  private volatile @Nullable Thread thread;
  private volatile @Nullable Consumer<byte[], byte[]> consumer;

  /** Of the follower's thread only: what is wrong is said once, not at each attempt. */
  private boolean outageReported;

  private boolean malformedReported;

  /**
   * Makes a follower that does nothing before {@link #start}.
   *
   * @param consumerProperties how to reach Kafka; what this class depends on is overridden
   * @param retryInterval wait between attempts to reach Kafka
   */
  public LedgerFollower(
      Map<String, Object> consumerProperties,
      Duration retryInterval,
      GroupDirectory groups,
      ScopeGenerations generations,
      MeterRegistry meters) {
    this.consumerProperties = withOurs(consumerProperties);
    this.retryInterval = retryInterval;
    this.groups = groups;
    this.generations = generations;
    this.entries =
        Counter.builder("tavern.retriever.ledger.entries")
            .description("Ledger entries read")
            .register(meters);
    this.malformed =
        Counter.builder("tavern.retriever.ledger.malformed")
            .description("Ledger records that could not be read; skipped")
            .register(meters);
  }

  private static Map<String, Object> withOurs(Map<String, Object> properties) {
    Map<String, Object> ours = new HashMap<>(properties);
    ours.remove(ConsumerConfig.GROUP_ID_CONFIG);
    ours.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    ours.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    ours.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    ours.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    ours.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    ours.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    ours.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, MaxRecordSize.BYTES);
    // A broker that is away is asked less and less often, so that the log stays readable.
    ours.putIfAbsent(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 10_000);
    return ours;
  }

  /** Whether the ledger is being read; false until Kafka and the topic are there. */
  public boolean isFollowing() {
    return following;
  }

  @Override
  public void start() {
    stopping = new CountDownLatch(1);
    Thread started = new Thread(this::run, "ledger-follower");
    started.setDaemon(true);
    thread = started;
    started.start();
  }

  private void run() {
    while (isRunning()) {
      try (KafkaConsumer<byte[], byte[]> opened = new KafkaConsumer<>(consumerProperties)) {
        consumer = opened;
        follow(opened);
      } catch (WakeupException | InterruptException e) {
        LOG.debug("the ledger follower stops");
      } catch (KafkaException e) {
        if (!outageReported) {
          outageReported = true;
          LOG.warn(
              "cannot follow {} yet, trying again every {} s: {}",
              Topics.LEDGER,
              retryInterval.toSeconds(),
              e.getMessage());
        }
      } finally {
        following = false;
        consumer = null;
      }
      pause();
    }
  }

  private void follow(Consumer<byte[], byte[]> opened) {
    Set<TopicPartition> assigned = partitions(opened);
    if (assigned.isEmpty()) {
      throw new KafkaException("the topic does not exist");
    }
    opened.assign(assigned);
    opened.seekToBeginning(assigned);
    following = true;
    outageReported = false;
    LOG.info("following {} on {} partitions", Topics.LEDGER, assigned.size());
    long checkAt = System.nanoTime() + PARTITION_CHECK.toNanos();
    while (isRunning()) {
      opened.poll(POLL).forEach(this::read);
      if (System.nanoTime() - checkAt > 0) {
        assigned = addNewPartitions(opened, assigned);
        checkAt = System.nanoTime() + PARTITION_CHECK.toNanos();
      }
    }
  }

  private static Set<TopicPartition> partitions(Consumer<byte[], byte[]> opened) {
    return opened.partitionsFor(Topics.LEDGER, METADATA_TIMEOUT).stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Set<TopicPartition> addNewPartitions(
      Consumer<byte[], byte[]> opened, Set<TopicPartition> assigned) {
    Set<TopicPartition> now;
    try {
      now = partitions(opened);
    } catch (org.apache.kafka.common.errors.TimeoutException e) {
      return assigned;
    }
    List<TopicPartition> added = now.stream().filter(p -> !assigned.contains(p)).toList();
    if (added.isEmpty()) {
      return assigned;
    }
    // Assigning keeps the positions of the partitions that stay.
    opened.assign(now);
    opened.seekToBeginning(added);
    return now;
  }

  private void read(ConsumerRecord<byte[], byte[]> entry) {
    if (entry.value() == null) {
      return;
    }
    LedgerEntry decoded;
    try {
      decoded = LedgerCodec.decode(entry.value());
    } catch (IllegalArgumentException e) {
      malformed.increment();
      if (!malformedReported) {
        malformedReported = true;
        LOG.warn(
            "skipped record {}-{}@{} and will count, not report, further ones: {}",
            entry.topic(),
            entry.partition(),
            entry.offset(),
            e.getMessage());
      }
      return;
    }
    entries.increment();
    groups.learn(decoded);
    if (!CHANGE_NOTHING.contains(decoded.fate())) {
      generations.advance(decoded.scope());
    }
  }

  private void pause() {
    try {
      boolean stopped = stopping.await(retryInterval.toMillis(), TimeUnit.MILLISECONDS);
      LOG.trace("paused, stopped={}", stopped);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    stopping.countDown();
    Consumer<byte[], byte[]> open = consumer;
    if (open != null) {
      open.wakeup();
    }
    Thread running = thread;
    if (running != null) {
      try {
        running.join(STOP_TIMEOUT.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      thread = null;
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null && stopping.getCount() > 0;
  }
}
