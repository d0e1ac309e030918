package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the writer's Kafka clients: what an operator set for all clients (brokers, security) plus
 * what the writer's guarantees need.
 */
public final class KafkaClients {
  private static final String CLIENT_ID = "tavern-writer";

  /** A writer that was killed is missed after this; Kafka's default of 45 s is long to wait. */
  private static final int SESSION_TIMEOUT_MS = 10_000;

  private static final int ADMIN_TIMEOUT_MS = 10_000;

  /** The first transaction of all makes the brokers create their topic for them. */
  private static final int TRANSACTION_TIMEOUT_MS = 30_000;

  private final Map<String, Object> consumerSettings;
  private final Map<String, Object> producerSettings;
  private final Map<String, Object> adminSettings;
  private final String groupId;
  private final @Nullable String instanceId;

  public KafkaClients(
      Map<String, Object> consumerSettings,
      Map<String, Object> producerSettings,
      Map<String, Object> adminSettings,
      String groupId,
      @Nullable String instanceId) {
    this.consumerSettings = Map.copyOf(consumerSettings);
    this.producerSettings = Map.copyOf(producerSettings);
    this.adminSettings = Map.copyOf(adminSettings);
    this.groupId = groupId;
    this.instanceId = instanceId;
  }

  public Admin admin() {
    Map<String, Object> settings = new HashMap<>(adminSettings);
    settings.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MS);
    settings.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MS);
    return Admin.create(settings);
  }

  /** The consumer of the group; the position moves only by explicit commits. */
  public Consumer<byte[], byte[]> groupConsumer() {
    Map<String, Object> settings = consumerSettings(CLIENT_ID);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
    if (instanceId != null && !instanceId.isBlank()) {
      settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
    }
    settings.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MS);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        List.of(CooperativeStickyAssignor.class.getName()));
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** A consumer outside of the group, for reading a partition from a given offset. */
  public Consumer<byte[], byte[]> reader(String purpose) {
    Map<String, Object> settings = consumerSettings(CLIENT_ID + "-" + purpose);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    // Closing waits for the fetch under way, which at a partition's end takes this long.
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private Map<String, Object> consumerSettings(String clientId) {
    Map<String, Object> settings = new HashMap<>(consumerSettings);
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    return settings;
  }

  /**
   * A producer that gives up on a record only when it is closed: what it is given arrives in order.
   */
  public Producer<byte[], byte[]> producer() {
    return producer(producerSettings(CLIENT_ID));
  }

  /**
   * The producer of one partition of the ledger; of those made for it only the latest can write.
   */
  Producer<byte[], byte[]> ledgerProducer(int partition) {
    Map<String, Object> settings = producerSettings(CLIENT_ID + "-ledger-" + partition);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, groupId + "-ledger-" + partition);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TRANSACTION_TIMEOUT_MS);
    return producer(settings);
  }

  private Map<String, Object> producerSettings(String clientId) {
    Map<String, Object> settings = new HashMap<>(producerSettings);
    settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MaxRecordSize.BYTES);
    return settings;
  }

  private static Producer<byte[], byte[]> producer(Map<String, Object> settings) {
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
