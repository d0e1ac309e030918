package dev.tavernmem0.service.kafka;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.MicrometerConsumerListener;

/**
 * Makes a service's Kafka clients: what an operator set for all of them (brokers, security), what
 * reading and writing the pipeline's topics needs, and what the one that asks needs beside it, the
 * later before the former. Thread-safe.
 *
 * <p>Producers are Kafka's own and not those of Spring's factory: that one chooses transactional
 * ids by itself and keeps producers open for the next use, while ours belong to a partition or a
 * SillyTavern and have to be gone when they are closed.
 */
public final class KafkaClients {
  private static final int ADMIN_TIMEOUT_MS = 10_000;

  private final Map<String, Object> consumerSettings;
  private final Map<String, Object> producerSettings;
  private final Map<String, Object> adminSettings;
  private final MeterRegistry meters;

  /**
   * @param consumerSettings the operator's, of consumers
   * @param producerSettings the operator's, of producers
   * @param adminSettings the operator's, of admin clients
   * @param meters where Kafka's own meters of clients that live long are to be seen
   */
  public KafkaClients(
      Map<String, Object> consumerSettings,
      Map<String, Object> producerSettings,
      Map<String, Object> adminSettings,
      MeterRegistry meters) {
    this.consumerSettings = Map.copyOf(consumerSettings);
    this.producerSettings = Map.copyOf(producerSettings);
    this.adminSettings = Map.copyOf(adminSettings);
    this.meters = meters;
  }

  /** Settings of a client that is neither consumer nor producer, for code that makes its own. */
  public Map<String, Object> adminSettings() {
    return adminSettings;
  }

  /**
   * An admin client that gives up after seconds, or after what the operator set, so that its caller
   * can say what is wrong.
   */
  public Admin admin() {
    Map<String, Object> settings = new HashMap<>(adminSettings);
    // Kafka refuses a limit for all attempts that is less than that for one.
    Object patience =
        settings.getOrDefault(
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            settings.getOrDefault(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MS));
    settings.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
    settings.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, patience);
    return Admin.create(settings);
  }

  /**
   * Consumers that see committed records only, move no position by themselves, make no topics and,
   * unless {@code more} names one, belong to no group.
   */
  public DefaultKafkaConsumerFactory<byte[], byte[]> consumers(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(consumerSettings);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.putAll(more);
    return new DefaultKafkaConsumerFactory<>(
        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** As {@link #consumers}, with Kafka's own meters: for those that live long. */
  public DefaultKafkaConsumerFactory<byte[], byte[]> meteredConsumers(
      String name, Map<String, Object> more) {
    DefaultKafkaConsumerFactory<byte[], byte[]> consumers = consumers(more);
    consumers.setBeanName(name);
    consumers.addListener(new MicrometerConsumerListener<>(meters));
    return consumers;
  }

  /**
   * A producer whose records are on all replicas, in order and once, when they are acknowledged.
   */
  public Producer<byte[], byte @Nullable []> producer(Map<String, Object> more) {
    return new PipelineProducer(withProducerSettings(more), null);
  }

  /** As {@link #producer}, with Kafka's own meters: for one that lives long. */
  public Producer<byte[], byte @Nullable []> meteredProducer(Map<String, Object> more) {
    return new PipelineProducer(withProducerSettings(more), meters);
  }

  /** What {@link #producer} makes one with. */
  public ProducerConfig producerConfig(Map<String, Object> more) {
    Map<String, Object> settings = withProducerSettings(more);
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return new ProducerConfig(settings);
  }

  private Map<String, Object> withProducerSettings(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(producerSettings);
    settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MaxRecordSize.BYTES);
    settings.putAll(more);
    return settings;
  }
}
