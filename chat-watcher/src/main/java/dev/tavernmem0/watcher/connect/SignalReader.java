package dev.tavernmem0.watcher.connect;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.watcher.track.Signal;
import dev.tavernmem0.watcher.track.SignalCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what operators ask this SillyTavern's watcher to do. Nothing that it reads, and no broker
 * that is away, stops the watching. Thread-safe.
 */
final class SignalReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SignalReader.class);
  private static final TopicPartition PARTITION = new TopicPartition(Topics.SIGNALS, 0);

  /** At the start only. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration LITTLE_PATIENCE = Duration.ofMillis(100);

  private final long sinceMs = System.currentTimeMillis();
  private final String tavern;
  private final Consumer<String, byte[]> consumer;
  private @Nullable Long position;
  private long ignored;
  private boolean failing;
  private boolean closed;

  /**
   * A reader.
   *
   * @param tavern logical name of the watched SillyTavern: the key of the signals for it
   * @param settings of the consumer, its brokers among them
   * @param position where to go on; null for now, so that old signals are not obeyed
   */
  SignalReader(String tavern, Map<String, Object> settings, @Nullable Long position) {
    this.tavern = tavern;
    this.consumer = consumer(settings);
    consumer.assign(List.of(PARTITION));
    if (position != null) {
      consumer.seek(PARTITION, position);
      this.position = position;
    } else {
      try {
        begin(PATIENCE);
      } catch (KafkaException e) {
        failed(e);
      }
    }
  }

  /**
   * The reader that the connector's options ask for; empty if they name no brokers.
   *
   * @param position as {@link #position} was; null for now
   */
  static Optional<SignalReader> of(ChatSourceConfig config, @Nullable Long position) {
    return config.readsSignals()
        ? Optional.of(new SignalReader(config.tavernName(), config.signalsConsumer(), position))
        : Optional.empty();
  }

  /**
   * The signals that have arrived since the last call; does not wait for any. Of one that is for
   * another SillyTavern, of an unknown type or damaged nothing is seen.
   */
  synchronized List<Signal> poll() {
    List<Signal> signals = new ArrayList<>();
    if (closed) {
      return signals;
    }
    try {
      if (position == null) {
        begin(LITTLE_PATIENCE);
      }
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ZERO)) {
        position = record.offset() + 1;
        Signal signal = tavern.equals(record.key()) ? decode(record) : null;
        if (signal != null) {
          signals.add(signal);
        }
      }
      failing = false;
    } catch (KafkaException e) {
      failed(e);
    }
    return signals;
  }

  /**
   * Where to go on after a restart; null if that is not known, because no broker has answered yet.
   */
  synchronized @Nullable Long position() {
    return position;
  }

  /** Signals that could not be understood. */
  synchronized long ignored() {
    return ignored;
  }

  @Override
  public synchronized void close() {
    closed = true;
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }

  /** With the signals since it was made, however long it takes a broker to answer. */
  private void begin(Duration patience) {
    // In this order, so that a signal that arrives in between is not missed.
    long end = consumer.endOffsets(List.of(PARTITION), patience).getOrDefault(PARTITION, 0L);
    OffsetAndTimestamp first =
        consumer.offsetsForTimes(Map.of(PARTITION, sinceMs), patience).get(PARTITION);
    long start = first == null ? end : Math.min(first.offset(), end);
    consumer.seek(PARTITION, start);
    position = start;
  }

  private @Nullable Signal decode(ConsumerRecord<String, byte[]> record) {
    try {
      return SignalCodec.decode(record.value());
    } catch (IllegalArgumentException e) {
      ignored++;
      LOG.warn(
          "signal at offset {} of {} is ignored: {}",
          record.offset(),
          Topics.SIGNALS,
          e.getMessage());
      return null;
    }
  }

  private void failed(KafkaException e) {
    if (!failing) {
      LOG.warn("no signals can be read: {}; it is tried again", Objects.toString(e.getMessage()));
    }
    failing = true;
  }

  private static Consumer<String, byte[]> consumer(Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.remove(ConsumerConfig.GROUP_ID_CONFIG);
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // Of a topic that was made anew nothing was read, whatever the position was.
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(all, new StringDeserializer(), new ByteArrayDeserializer());
  }
}
