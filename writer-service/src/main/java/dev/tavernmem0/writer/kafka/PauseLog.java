package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether an operator has paused this group of writers. A pause is a record with the group's id as
 * its key, and one without a value ends it; so all writers of the group heed it, also those that
 * start later. Thread-safe.
 */
public final class PauseLog implements AutoCloseable {
  private static final TopicPartition TOPIC = new TopicPartition(Topics.PAUSES, 0);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte @Nullable []> producer;
  private final byte[] key;
  private Pause latest = Pause.NEVER;

  /**
   * The pauses of the clients' group.
   *
   * @param producer stays the caller's
   */
  public PauseLog(WriterClients clients, Producer<byte[], byte @Nullable []> producer) {
    this.consumer = clients.reader("pauses");
    this.producer = producer;
    this.key = clients.groupId().getBytes(StandardCharsets.UTF_8);
    consumer.assign(List.of(TOPIC));
    consumer.seekToBeginning(List.of(TOPIC));
  }

  /**
   * What was asked for last.
   *
   * @param paused whether that was a pause
   * @param offset where it stands; what stands behind it is later
   */
  public record Pause(boolean paused, long offset) {
    static final Pause NEVER = new Pause(false, -1);
  }

  /**
   * What was asked for until now.
   *
   * @throws org.apache.kafka.common.KafkaException if the topic cannot be read now
   */
  public synchronized Pause now() {
    long end = consumer.endOffsets(List.of(TOPIC)).getOrDefault(TOPIC, 0L);
    long giveUpAt = System.nanoTime() + TIMEOUT.toNanos();
    while (consumer.position(TOPIC) < end) {
      consumer.poll(POLL).records(TOPIC).forEach(this::take);
      if (System.nanoTime() > giveUpAt) {
        throw new TimeoutException("cannot read " + TOPIC);
      }
    }
    return latest;
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (Arrays.equals(key, record.key())) {
      latest = new Pause(record.value() != null, record.offset());
    }
  }

  /**
   * Asks for a pause, or for its end.
   *
   * @return completes when that is durable
   */
  public CompletableFuture<Pause> append(boolean paused, Instant now) {
    byte[] value =
        paused
            ? "{\"ts_ms\":%d}".formatted(now.toEpochMilli()).getBytes(StandardCharsets.UTF_8)
            : null;
    CompletableFuture<Pause> durable = new CompletableFuture<>();
    var unused =
        producer.send(
            new ProducerRecord<>(TOPIC.topic(), TOPIC.partition(), key, value),
            (sent, failed) -> {
              if (failed == null) {
                durable.complete(new Pause(paused, sent.offset()));
              } else {
                durable.completeExceptionally(failed);
              }
            });
    return durable;
  }

  @Override
  public synchronized void close() {
    consumer.close();
  }
}
