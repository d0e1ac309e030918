package dev.tavernmem0.watcher.view;

import dev.tavernmem0.common.event.InvalidTurnEventException;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.kafka.TurnKeys;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.service.task.TaskProgress;
import dev.tavernmem0.watcher.rescue.TurnReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * All turn events, from the first one to the last that there was when the question came, without
 * those of turns that were forgotten. One question at a time: each reads all of the log.
 * Thread-safe.
 */
@Component
public class TurnLog {
  private static final Logger LOG = LoggerFactory.getLogger(TurnLog.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Without anything from the brokers; who asks is waiting. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final KafkaClients clients;
  private final ForgottenTurns forgotten;
  private final Semaphore turn = new Semaphore(1);

  TurnLog(KafkaClients clients, ForgottenTurns forgotten) {
    this.clients = clients;
    this.forgotten = forgotten;
  }

  /** The log cannot be read now. */
  public static final class UnreadableException extends RuntimeException {
    UnreadableException(KafkaException cause) {
      super("the log of turns cannot be read from Kafka: " + cause.getMessage(), cause);
    }
  }

  /** Somebody else's question is being answered. */
  public static final class BusyException extends RuntimeException {
    BusyException() {
      super("the log of turns is being read for somebody else");
    }
  }

  /**
   * Reads it.
   *
   * @return how many records there are that the reader wants and that are no turn events
   * @throws UnreadableException if the brokers do not answer
   * @throws BusyException if it is being read
   */
  public int read(TurnReader reader) {
    return alone(log -> log.applyAsInt(reader));
  }

  /**
   * Answers a question that reads it more than once; nobody else reads it in between.
   *
   * @param question is given what {@link #read} does
   * @throws UnreadableException if the brokers do not answer
   * @throws BusyException if it is being read
   */
  public <T> T alone(Function<ToIntFunction<TurnReader>, T> question) {
    return alone(question, new TaskProgress());
  }

  /**
   * As {@link #alone(Function)}.
   *
   * @param progress is told how many records are read, of how many; those erased since included
   */
  public <T> T alone(Function<ToIntFunction<TurnReader>, T> question, TaskProgress progress) {
    if (!turn.tryAcquire()) {
      throw new BusyException();
    }
    try {
      return question.apply(reader -> readAll(reader, progress));
    } catch (KafkaException e) {
      throw new UnreadableException(e);
    } finally {
      turn.release();
    }
  }

  private int readAll(TurnReader reader, TaskProgress progress) {
    Map<Scope, Set<String>> gone = forgotten.byScope();
    Consumer<byte[], byte[]> consumer =
        clients
            .consumers(Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"))
            .createConsumer();
    try {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.TURNS, PATIENCE).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new UnknownTopicOrPartitionException("there is no " + Topics.TURNS + " yet");
      }
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
      progress.expect(ends.values().stream().mapToLong(Long::longValue).sum());
      int unreadable = 0;
      for (TopicPartition partition : partitions) {
        long end = ends.getOrDefault(partition, 0L);
        unreadable += read(consumer, partition, end, gone, reader, progress);
        reader.endOfPartition();
      }
      return unreadable;
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
  }

  /** One at a time, so that what is fetched ahead, too, is of one. */
  private static int read(
      Consumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long end,
      Map<Scope, Set<String>> gone,
      TurnReader reader,
      TaskProgress progress) {
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
    int unreadable = 0;
    long read = 0;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (consumer.position(partition, PATIENCE) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        deadline = System.nanoTime() + PATIENCE.toNanos();
        if (record.offset() < end && !take(record, gone, reader)) {
          unreadable++;
        }
      }
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("nothing arrived for " + PATIENCE.toSeconds() + " s");
      }
      long now = Math.min(end, consumer.position(partition, PATIENCE));
      progress.advance(now - read);
      read = now;
    }
    progress.advance(end - read);
    return unreadable;
  }

  /** Whether it was not wanted, or can be read. */
  private static boolean take(
      ConsumerRecord<byte[], byte[]> record, Map<Scope, Set<String>> gone, TurnReader reader) {
    String chatId = TurnKeys.chatId(record.key());
    boolean erases = record.value() == null && TurnKeys.isUnique(record.key());
    if (chatId == null || erases || !reader.wants(chatId)) {
      return true;
    }
    try {
      TurnEvent event = TurnEventCodec.decode(record.value());
      String turnId = event.turnId();
      if (turnId == null
          || !gone.getOrDefault(Scope.of(event.source()), Set.of()).contains(turnId)) {
        reader.event(event);
      }
      return true;
    } catch (InvalidTurnEventException e) {
      LOG.warn(
          "offset {} of {} is left out: {}",
          record.offset(),
          new TopicPartition(record.topic(), record.partition()),
          e.getMessage());
      return false;
    }
  }
}
