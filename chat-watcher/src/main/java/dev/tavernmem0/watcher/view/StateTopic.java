package dev.tavernmem0.watcher.view;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.watcher.host.WatcherProperties;
import dev.tavernmem0.watcher.track.SnapshotRun;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * What is tracked, as the topic with the watcher's state says at the moment of the question: it is
 * read on from where the last question left it. Thread-safe.
 */
@Component
public class StateTopic implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(StateTopic.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Without an answer; who asks is waiting. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final KafkaClients clients;
  private final String tavern;
  private @Nullable Reading reading;

  /** A consumer and what it has read. */
  private record Reading(Consumer<byte[], byte[]> consumer, TrackedState state) {
    long position(TopicPartition partition) {
      return consumer.position(partition, PATIENCE);
    }

    Map<TopicPartition, Long> ends() {
      return consumer.endOffsets(consumer.assignment(), PATIENCE);
    }

    void readUntil(Map<TopicPartition, Long> ends) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (ends.entrySet().stream().anyMatch(end -> position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          apply(record, state);
          deadline = System.nanoTime() + PATIENCE.toNanos();
        }
        if (System.nanoTime() > deadline) {
          throw new TimeoutException("nothing arrived for " + PATIENCE.toSeconds() + " s");
        }
      }
    }
  }

  StateTopic(KafkaClients clients, WatcherProperties properties) {
    this.clients = clients;
    this.tavern = properties.connectorConfig().tavernName();
  }

  /** The state cannot be read now. */
  public static final class UnreadableException extends RuntimeException {
    UnreadableException(KafkaException cause) {
      super("the watcher's state cannot be read from Kafka: " + cause.getMessage(), cause);
    }
  }

  /**
   * All chats, by handle, directory and file.
   *
   * @throws UnreadableException if the brokers do not answer
   */
  public List<TrackedChat> chats() {
    return read(TrackedState::chats);
  }

  /**
   * The snapshots that were asked for, oldest first.
   *
   * @throws UnreadableException if the brokers do not answer
   */
  public List<SnapshotRun> snapshots() {
    return read(TrackedState::snapshots);
  }

  @Override
  public synchronized void destroy() {
    Reading open = reading;
    reading = null;
    if (open != null) {
      open.consumer().close(CloseOptions.timeout(Duration.ZERO));
    }
  }

  private synchronized <T> T read(Function<TrackedState, T> question) {
    try {
      Reading current = reading == null ? open() : reading;
      Map<TopicPartition, Long> ends = current.ends();
      if (ends.entrySet().stream()
          .anyMatch(end -> current.position(end.getKey()) > end.getValue())) {
        LOG.warn("{} is shorter than it was; it is read anew", Topics.WATCHER_OFFSETS);
        destroy();
        return read(question);
      }
      current.readUntil(ends);
      return question.apply(current.state());
    } catch (KafkaException e) {
      destroy();
      throw new UnreadableException(e);
    }
  }

  private static void apply(ConsumerRecord<byte[], byte[]> record, TrackedState state) {
    try {
      state.apply(record.key(), record.value(), record.timestamp());
    } catch (IllegalArgumentException e) {
      LOG.warn(
          "offset {} of {} is not shown: {}",
          record.offset(),
          Topics.WATCHER_OFFSETS,
          e.getMessage());
    }
  }

  private Reading open() {
    Consumer<byte[], byte[]> consumer =
        clients
            .consumers(Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"))
            .createConsumer();
    Reading opened = new Reading(consumer, new TrackedState(tavern));
    reading = opened;
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.WATCHER_OFFSETS, PATIENCE).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new UnknownTopicOrPartitionException("there is no " + Topics.WATCHER_OFFSETS + " yet");
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return opened;
  }
}
