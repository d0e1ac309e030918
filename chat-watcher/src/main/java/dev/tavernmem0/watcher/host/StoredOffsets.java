package dev.tavernmem0.watcher.host;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The source offsets of one connector in the topic. Earlier versions spelt one and the same key in
 * a different order of names in every JVM: whatever the spellings, the newest record counts. Not
 * thread-safe.
 */
final class StoredOffsets {
  private static final Duration POLL = Duration.ofMillis(100);

  /** Longer than a transaction, which may be another watcher's, can stay open and be waited for. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final String topic;
  private final OffsetFormat format;

  /** The last record of each spelling, by the key that is meant. */
  private final Map<ByteBuffer, Map<ByteBuffer, ConsumerRecord<byte[], byte[]>>> spellings =
      new LinkedHashMap<>();

  private StoredOffsets(String topic, OffsetFormat format) {
    this.topic = topic;
    this.format = format;
  }

  /**
   * Reads what is committed.
   *
   * @param clients settings of a Kafka client; others are ignored
   * @throws KafkaException if the brokers do not give all of it
   */
  static StoredOffsets read(Map<String, ?> clients, String topic, OffsetFormat format) {
    StoredOffsets stored = new StoredOffsets(topic, format);
    try (Consumer<byte[], byte[]> consumer = consumer(clients)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      stored.readUntil(consumer, ends(clients, partitions));
    }
    return stored;
  }

  /** The offsets by {@link OffsetFormat#key}; those that were removed are not there. */
  Map<ByteBuffer, ByteBuffer> values() {
    Map<ByteBuffer, ByteBuffer> values = new HashMap<>();
    spellings.forEach(
        (key, records) -> {
          ConsumerRecord<byte[], byte[]> newest = newest(records);
          if (newest != null) {
            values.put(key, ByteBuffer.wrap(newest.value()));
          }
        });
    return values;
  }

  /** What has to be published for every key to be there in one spelling only. */
  @SuppressWarnings("ByteBufferBackingArray") // They wrap whole arrays.
  List<ProducerRecord<byte[], byte @Nullable []>> corrections() {
    List<ProducerRecord<byte[], byte @Nullable []>> corrections = new ArrayList<>();
    spellings.forEach(
        (key, records) -> {
          List<ByteBuffer> misspelt =
              records.entrySet().stream()
                  .filter(spelt -> !spelt.getKey().equals(key) && spelt.getValue().value() != null)
                  .map(Map.Entry::getKey)
                  .toList();
          ConsumerRecord<byte[], byte[]> newest = newest(records);
          if (!misspelt.isEmpty() && newest != null) {
            misspelt.forEach(
                wrong -> corrections.add(new ProducerRecord<>(topic, wrong.array(), null)));
            corrections.add(new ProducerRecord<>(topic, key.array(), newest.value()));
          }
        });
    return corrections;
  }

  private static @Nullable ConsumerRecord<byte[], byte[]> newest(
      Map<ByteBuffer, ConsumerRecord<byte[], byte[]>> spellings) {
    ConsumerRecord<byte[], byte[]> newest = null;
    for (ConsumerRecord<byte[], byte[]> record : spellings.values()) {
      if (record.value() != null && (newest == null || isNewer(record, newest))) {
        newest = record;
      }
    }
    return newest;
  }

  /** By the log where it can tell: a clock may have been set back. */
  private static boolean isNewer(
      ConsumerRecord<byte[], byte[]> record, ConsumerRecord<byte[], byte[]> than) {
    return record.partition() == than.partition()
        ? record.offset() > than.offset()
        : record.timestamp() > than.timestamp();
  }

  private void readUntil(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        byte[] key = format.canonical(record.key());
        if (key != null) {
          spellings
              .computeIfAbsent(ByteBuffer.wrap(key), canonical -> new LinkedHashMap<>())
              .put(ByteBuffer.wrap(record.key()), record);
        }
        deadline = System.nanoTime() + PATIENCE.toNanos();
      }
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("cannot read " + topic + " to its end");
      }
    }
  }

  /** The real ends: up to an open transaction, as a consumer sees it, is not all of it. */
  private static Map<TopicPartition, Long> ends(
      Map<String, ?> clients, List<TopicPartition> partitions) {
    try (Admin admin = Admin.create(Map.copyOf(clients))) {
      Map<TopicPartition, ListOffsetsResultInfo> ends =
          admin
              .listOffsets(
                  partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())))
              .all()
              .get();
      return ends.entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, end -> end.getValue().offset()));
    } catch (ExecutionException e) {
      throw new KafkaException("cannot see where the offsets end", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private static Consumer<byte[], byte[]> consumer(Map<String, ?> clients) {
    Map<String, Object> settings = new HashMap<>(clients);
    settings
        .keySet()
        .removeIf(
            name ->
                !ConsumerConfig.configNames().contains(name)
                    && !name.equals(BundledSslEngineFactory.BUNDLE));
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // Closing waits for the fetch under way, which at the end takes this long.
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
