package dev.tavernmem0.bench;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Kafka clients with the watcher's settings.
 *
 * @param bootstrapServers the brokers
 */
record Clients(String bootstrapServers) {
  KafkaProducer<String, byte[]> producer() {
    return producer(Map.of());
  }

  /** A producer that has been initialised for transactions. */
  KafkaProducer<String, byte[]> transactionalProducer(String id) {
    KafkaProducer<String, byte[]> producer =
        producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id));
    producer.initTransactions();
    return producer;
  }

  /** A producer with some settings of its own. */
  KafkaProducer<String, byte[]> producer(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MaxRecordSize.BYTES);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    settings.putAll(more);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /** A consumer of all of a topic that reads what is committed, from its beginning. */
  KafkaConsumer<String, byte[]> consumer(String topic) {
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false);
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  void createTopic(String topic, int partitions) throws InterruptedException {
    NewTopic wanted =
        new NewTopic(topic, partitions, (short) 1)
            .configs(
                Map.of(
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MaxRecordSize.BYTES)));
    try (Admin admin =
        Admin.create(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) bootstrapServers))) {
      admin.createTopics(List.of(wanted)).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot create " + topic, e.getCause());
    }
    awaitLeaders(topic, partitions);
  }

  /**
   * Sends a record to each partition. Of several batches that are on their way to a partition
   * without a leader the first can be refused and the second taken; the first then waits in vain
   * for its sequence number, until its delivery times out.
   */
  private void awaitLeaders(String topic, int partitions) throws InterruptedException {
    try (KafkaProducer<String, byte[]> producer = producer()) {
      for (int partition = 0; partition < partitions; partition++) {
        producer.send(new ProducerRecord<>(topic, partition, "ready", new byte[0])).get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot send to " + topic, e.getCause());
    }
  }
}
