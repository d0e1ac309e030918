package dev.tavernmem0.bench;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.TopicCreator;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.kafka.TurnKeys;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The turns topic, written as the watcher writes it. Makes all topics. */
final class TurnTopic implements AutoCloseable {
  static final int PARTITIONS = 12;

  private final KafkaProducer<String, byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  private TurnTopic(KafkaProducer<String, byte[]> producer) {
    this.producer = producer;
  }

  static TurnTopic create(String bootstrapServers) throws InterruptedException {
    try (Admin admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) bootstrapServers))) {
      TopicCreator.createMissing(admin, PARTITIONS, (short) 1);
    }
    // One request at a time: partitions that have no leader yet refuse some.
    return new TurnTopic(
        new Clients(bootstrapServers)
            .producer(Map.of(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1)));
  }

  /** Sends an event. */
  void publish(TurnEvent event) {
    int partition = ScopePartition.of(Scope.of(event.source()), PARTITIONS);
    var unused =
        producer.send(
            new ProducerRecord<>(
                Topics.TURNS,
                partition,
                TurnKeys.unique(event.source().chatId()),
                TurnEventCodec.encode(event)),
            (metadata, e) -> failure.compareAndSet(null, e));
  }

  /** Returns when all that was sent is in the topic. */
  void flush() {
    producer.flush();
    if (failure.get() != null) {
      throw new IllegalStateException("cannot publish", failure.get());
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
