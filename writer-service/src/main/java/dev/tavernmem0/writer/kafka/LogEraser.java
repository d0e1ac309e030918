package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.kafka.TurnKeys;
import dev.tavernmem0.writer.log.LoggedEvents;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Erases records of the turns' log and of the dead letters: a record of the same key without a
 * value goes behind each, and compaction then removes the first. Of one thread at a time, but for
 * {@link #stop}.
 */
public final class LogEraser implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Kept in memory until they are durable. */
  private static final int MOST_UNDER_WAY = 1000;

  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte @Nullable []> producer;
  private volatile boolean stopped;

  /**
   * An eraser.
   *
   * @param producer stays the caller's
   */
  public LogEraser(WriterClients clients, Producer<byte[], byte @Nullable []> producer) {
    this.consumer = clients.reader("eraser");
    this.producer = producer;
  }

  /**
   * What there is of what is to be erased.
   *
   * @param records that can be erased and are there yet
   * @param notErasable records whose keys others have too
   * @param key of one of the records; null if there are none
   */
  public record Found(int records, int notErasable, byte @Nullable [] key) {
    static final Found NOTHING = new Found(0, 0, null);

    Found and(Found other) {
      return new Found(
          records + other.records, notErasable + other.notErasable, key == null ? other.key : key);
    }

    private Found andRecord(byte[] itsKey) {
      return new Found(records + 1, notErasable, itsKey);
    }

    private Found andNotErasable() {
      return new Found(records, notErasable + 1, key);
    }
  }

  /**
   * Erases what the log and the dead letters of a partition say of turns, in whatever version.
   *
   * @param which is asked of each event; and of each record that is none, by its chat
   * @param topics in these; in the others nothing can be erased
   * @return what there was; it is gone when the brokers have compacted the topics
   * @throws KafkaException if that cannot be done now
   */
  public Found erase(int partition, Erased which, Collection<String> topics) {
    return look(partition, which, topics, true);
  }

  /** What is there yet of what was erased. */
  public Found left(int partition, Erased which, Collection<String> topics) {
    return look(partition, which, topics, false);
  }

  /** What is to be erased. */
  public interface Erased {
    /** Whether an event is of it. */
    boolean isOf(TurnEvent event);

    /** Whether all of a chat is of it, so that what cannot be read of it is too. */
    boolean isOf(String chatId);
  }

  private Found look(int partition, Erased which, Collection<String> topics, boolean erasing) {
    Found found = Found.NOTHING;
    for (String topic : List.of(Topics.TURNS, Topics.TURNS_DLT)) {
      Found its = look(new TopicPartition(topic, partition), which, erasing);
      found =
          found.and(
              topics.contains(topic) ? its : new Found(0, its.records() + its.notErasable(), null));
    }
    return found;
  }

  private Found look(TopicPartition log, Erased which, boolean erasing) {
    AtomicReference<Found> found = new AtomicReference<>(Found.NOTHING);
    List<Future<?>> underWay = new ArrayList<>();
    read(
        log,
        record -> {
          if (record.value() == null || !isOf(record, which)) {
            return;
          }
          if (!TurnKeys.isUnique(record.key())) {
            found.updateAndGet(Found::andNotErasable);
            return;
          }
          found.updateAndGet(before -> before.andRecord(record.key()));
          if (erasing) {
            underWay.add(erase(log, record.key()));
          }
          if (underWay.size() >= MOST_UNDER_WAY) {
            await(underWay);
          }
        });
    await(underWay);
    return Objects.requireNonNull(found.get());
  }

  /** Reads a partition to the end that it has by now. */
  private void read(
      TopicPartition log, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    if (stopped) {
      throw new WakeupException();
    }
    consumer.assign(List.of(log));
    long end = consumer.endOffsets(List.of(log)).getOrDefault(log, 0L);
    consumer.seekToBeginning(List.of(log));
    long position = consumer.position(log);
    long progress = System.nanoTime();
    while (position < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(log)) {
        if (record.offset() < end) {
          reader.accept(record);
        }
      }
      long now = consumer.position(log);
      if (now > position) {
        position = now;
        progress = System.nanoTime();
      } else if (System.nanoTime() - progress > PATIENCE.toNanos()) {
        throw new TimeoutException("cannot read the rest of " + log + " from " + position);
      }
    }
  }

  private static boolean isOf(ConsumerRecord<byte[], byte[]> record, Erased which) {
    TurnEvent event = LoggedEvents.of(record.value());
    if (event != null) {
      return which.isOf(event);
    }
    String chatId = TurnKeys.chatId(record.key());
    return chatId != null && which.isOf(chatId);
  }

  private Future<?> erase(TopicPartition log, byte[] key) {
    return producer.send(new ProducerRecord<>(log.topic(), log.partition(), key, null));
  }

  private void await(List<Future<?>> sent) {
    producer.flush();
    for (Future<?> each : sent) {
      try {
        each.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new WakeupException();
      } catch (ExecutionException e) {
        throw new KafkaException("cannot erase", e.getCause());
      }
    }
    sent.clear();
  }

  /**
   * Erases one record that was just read. Callable from any thread.
   *
   * @return completes when that is durable; at once if its key is others' too
   */
  public CompletableFuture<Void> erase(ConsumerRecord<byte[], byte[]> record) {
    CompletableFuture<Void> durable = new CompletableFuture<>();
    if (!TurnKeys.isUnique(record.key())) {
      durable.complete(null);
      return durable;
    }
    var unused =
        producer.send(
            new ProducerRecord<>(record.topic(), record.partition(), record.key(), null),
            (sent, failed) -> {
              if (failed == null) {
                durable.complete(null);
              } else {
                durable.completeExceptionally(failed);
              }
            });
    return durable;
  }

  /** Erases once more what was erased, so that the brokers close the segment before it. */
  public void again(int partition, byte[] key) {
    List<Future<?>> sent = new ArrayList<>();
    for (String topic : List.of(Topics.TURNS, Topics.TURNS_DLT)) {
      sent.add(erase(new TopicPartition(topic, partition), key));
    }
    await(sent);
  }

  /**
   * How many decisions of a partition are withdrawn, and still in their topic.
   *
   * @throws KafkaException if that cannot be read now
   */
  public int withdrawn(int partition) {
    Map<ByteBuffer, Integer> values = new HashMap<>();
    AtomicInteger withdrawn = new AtomicInteger();
    read(
        new TopicPartition(Topics.CURATION, partition),
        record -> {
          if (record.key() == null) {
            return;
          }
          ByteBuffer key = ByteBuffer.wrap(record.key());
          if (record.value() != null) {
            values.merge(key, 1, Integer::sum);
          } else {
            Integer before = values.remove(key);
            withdrawn.addAndGet(before == null ? 0 : before);
          }
        });
    return withdrawn.get();
  }

  /** Has the reading under way end, and all that are asked for later. Callable from any thread. */
  public void stop() {
    stopped = true;
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
