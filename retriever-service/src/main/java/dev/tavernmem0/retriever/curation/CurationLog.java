package dev.tavernmem0.retriever.curation;

import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.CurationKey;
import dev.tavernmem0.common.kafka.ScopePartition;
import dev.tavernmem0.common.kafka.TopicCreator;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.service.kafka.TopicsProperties;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Topic {@code tavern.memory.curation}, to which decisions are appended. Kafka is first asked for
 * something when there is one, so that the service starts without it. Thread-safe.
 */
public final class CurationLog implements AutoCloseable {
  private final KafkaClients clients;
  private final TopicsProperties topics;
  private final Duration timeout;
  private @Nullable Producer<byte[], byte @Nullable []> producer;

  /**
   * @param topics how topics are made that are missing
   * @param timeout longest wait for each step
   */
  public CurationLog(KafkaClients clients, TopicsProperties topics, Duration timeout) {
    this.clients = clients;
    this.topics = topics;
    this.timeout = timeout;
  }

  /**
   * Appends a decision and returns when all replicas have it.
   *
   * @throws CurationUnavailableException if they have not, as far as can be known
   */
  public void append(Curation curation) {
    send(curation.key(), CurationCodec.encode(curation));
  }

  /**
   * Withdraws a decision and returns when all replicas have it.
   *
   * @throws CurationUnavailableException if they have not, as far as can be known
   */
  public void withdraw(CurationKey key) {
    send(key, null);
  }

  private void send(CurationKey key, byte @Nullable [] value) {
    try {
      Producer<byte[], byte @Nullable []> open = producer();
      int partitions = open.partitionsFor(Topics.CURATION).size();
      ProducerRecord<byte[], byte @Nullable []> decision =
          new ProducerRecord<>(
              Topics.CURATION, ScopePartition.of(key.scope(), partitions), key.bytes(), value);
      open.send(decision).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(e);
    } catch (ExecutionException e) {
      throw unavailable(e.getCause() == null ? e : e.getCause());
    } catch (KafkaException | TimeoutException e) {
      throw unavailable(e);
    }
  }

  private static CurationUnavailableException unavailable(Throwable cause) {
    return new CurationUnavailableException(
        "Kafka did not take it (" + cause.getClass().getSimpleName() + ")", cause);
  }

  private synchronized Producer<byte[], byte @Nullable []> producer() throws InterruptedException {
    if (producer == null) {
      createTopics();
      int millis = (int) timeout.toMillis();
      producer =
          clients.meteredProducer(
              Map.of(
                  ProducerConfig.CLIENT_ID_CONFIG, "retriever-curation",
                  ProducerConfig.LINGER_MS_CONFIG, 0,
                  ProducerConfig.MAX_BLOCK_MS_CONFIG, millis,
                  ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis,
                  ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis));
    }
    return producer;
  }

  /** A broker that makes topics by itself would make one that is not compacted. */
  private void createTopics() throws InterruptedException {
    int millis = (int) timeout.toMillis();
    Map<String, Object> settings = new HashMap<>(clients.adminSettings());
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    try (Admin admin = Admin.create(settings)) {
      TopicCreator.createMissing(admin, topics.partitions(), (short) topics.replicationFactor());
    }
  }

  @Override
  public synchronized void close() {
    if (producer != null) {
      producer.close(timeout);
    }
  }
}
