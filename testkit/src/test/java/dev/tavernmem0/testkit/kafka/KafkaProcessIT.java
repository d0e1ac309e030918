package dev.tavernmem0.testkit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaProcessIT {
  @TempDir Path directory;

  @Test
  void a_killed_broker_comes_back_on_its_port_with_what_it_acknowledged() throws Exception {
    try (KafkaProcess broker = KafkaProcess.start(directory)) {
      String address = broker.bootstrapServers();
      createTopic(address, 1);
      try (var producer = producer(address)) {
        producer.send(record("before")).get();
        broker.kill();
        assertThat(broker.isAlive()).isFalse();
        broker.start();
        producer.send(record("after")).get();
      }

      assertThat(broker.bootstrapServers()).isEqualTo(address);
      assertThat(keys(address)).containsExactly("before", "after");

      broker.stop();
      assertThat(broker.isAlive()).isFalse();
    }
  }

  @Test
  void a_frozen_broker_acknowledges_nothing_until_it_is_thawed() throws Exception {
    try (KafkaProcess broker = KafkaProcess.start(directory)) {
      String address = broker.bootstrapServers();
      createTopic(address, 1);
      try (var producer = producer(address)) {
        producer.send(record("before")).get();
        broker.freeze();
        var sent = producer.send(record("while it is frozen"));
        assertThatThrownBy(() -> sent.get(500, TimeUnit.MILLISECONDS))
            .isInstanceOf(TimeoutException.class);

        broker.thaw();

        sent.get();
      }
      assertThat(keys(address)).containsExactly("before", "while it is frozen");
    }
  }

  @Test
  void a_cluster_goes_on_when_the_leader_is_killed() throws Exception {
    try (KafkaCluster cluster = KafkaCluster.start(3, directory)) {
      createTopic(cluster.bootstrapServers(), 3);
      try (var producer = producer(cluster.bootstrapServers())) {
        producer.send(record("before")).get();
        cluster.leaderOf(new TopicPartition("t", 0)).kill();
        producer.send(record("after")).get();
      }

      assertThat(keys(cluster.bootstrapServers())).containsExactly("before", "after");
    }
  }

  private static List<String> keys(String bootstrapServers) {
    return new TopicReader(bootstrapServers)
        .records("t").stream().map(record -> record.key()).toList();
  }

  private static void createTopic(String bootstrapServers, int replicas) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) bootstrapServers))) {
      admin.createTopics(List.of(new NewTopic("t", 1, (short) replicas))).all().get();
    }
  }

  private static ProducerRecord<String, byte[]> record(String key) {
    return new ProducerRecord<>("t", 0, key, new byte[] {1});
  }

  private static KafkaProducer<String, byte[]> producer(String bootstrapServers) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
        new StringSerializer(),
        new ByteArraySerializer());
  }
}
