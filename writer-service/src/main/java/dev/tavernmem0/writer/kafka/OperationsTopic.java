package dev.tavernmem0.writer.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
 * A compacted topic of one partition in which this group of writers keeps what operators want; keys
 * begin with {@code group/}. Not thread-safe, but for {@link #append}.
 */
final class OperationsTopic implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final TopicPartition topic;
  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte @Nullable []> producer;
  private final String group;

  /**
   * What the clients' group keeps in a topic.
   *
   * @param producer stays the caller's
   */
  OperationsTopic(
      WriterClients clients,
      Producer<byte[], byte @Nullable []> producer,
      String topic,
      String purpose) {
    this.topic = new TopicPartition(topic, 0);
    this.consumer = clients.reader(purpose);
    this.producer = producer;
    // A slash parts the keys.
    this.group = clients.groupId().replace("%", "%25").replace("/", "%2F");
    consumer.assign(List.of(this.topic));
    consumer.seekToBeginning(List.of(this.topic));
  }

  /** Takes a record of the group. */
  interface Taker {
    /**
     * Takes it.
     *
     * @param key without the group
     * @throws RuntimeException if the record is none of the topic's; it is skipped then
     */
    void take(ConsumerRecord<byte[], byte[]> record, String[] key);
  }

  /**
   * Reads on to the end that it has by now.
   *
   * @return whether there was anything new
   * @throws org.apache.kafka.common.KafkaException if the topic cannot be read now
   */
  boolean readOn(Taker taker) {
    long end = consumer.endOffsets(List.of(topic)).getOrDefault(topic, 0L);
    long giveUpAt = System.nanoTime() + TIMEOUT.toNanos();
    boolean news = false;
    while (consumer.position(topic) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(topic)) {
        String name = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (name.startsWith(group + "/")) {
          taker.take(record, name.substring(group.length() + 1).split("/", -1));
          news = true;
        }
      }
      if (System.nanoTime() > giveUpAt) {
        throw new TimeoutException("cannot read " + topic);
      }
    }
    return news;
  }

  /** How many partitions another topic has. */
  int partitionsOf(String other) {
    return consumer.partitionsFor(other).size();
  }

  /**
   * Appends a record; one without a value removes.
   *
   * @param key without the group
   * @return completes when that is durable
   */
  CompletableFuture<Void> append(String key, byte @Nullable [] value) {
    CompletableFuture<Void> durable = new CompletableFuture<>();
    byte[] name = (group + "/" + key).getBytes(StandardCharsets.UTF_8);
    var unused =
        producer.send(
            new ProducerRecord<>(topic.topic(), topic.partition(), name, value),
            (sent, failed) -> {
              if (failed == null) {
                durable.complete(null);
              } else {
                durable.completeExceptionally(failed);
              }
            });
    return durable;
  }

  @Override
  public String toString() {
    return topic.toString();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
