package dev.tavernmem0.embedded.kafka;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.common.kafka.TopicCreator;
import dev.tavernmem0.common.kafka.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes to and reads from the turns topic, which has one partition here. */
final class BrokerClient implements AutoCloseable {
  private static final TopicPartition PARTITION = new TopicPartition(Topics.TURNS, 0);

  private final Admin admin;
  private final Map<String, Object> settings;

  BrokerClient(String bootstrapServers) {
    settings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "max.request.size",
            MaxRecordSize.BYTES,
            "default.api.timeout.ms",
            20_000);
    admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  void createTopics() throws InterruptedException {
    TopicCreator.createMissing(admin, 1, (short) 1);
  }

  /** Returns when all are acknowledged. */
  void send(String key, String... values) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (String value : values) {
        sent.add(producer.send(new ProducerRecord<>(Topics.TURNS, key, value)));
      }
      for (Future<?> acknowledged : sent) {
        acknowledged.get();
      }
    }
  }

  List<String> readAll(int expected) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", settings.get("bootstrap.servers")),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(PARTITION));
      consumer.seekToBeginning(List.of(PARTITION));
      List<String> values = new ArrayList<>();
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (values.size() < expected && System.nanoTime() < end) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
      }
      return values;
    }
  }

  void commitOffset(String group, long offset) throws Exception {
    admin
        .alterConsumerGroupOffsets(group, Map.of(PARTITION, new OffsetAndMetadata(offset)))
        .all()
        .get();
  }

  long committedOffset(String group) throws Exception {
    return admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get()
        .get(PARTITION)
        .offset();
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
