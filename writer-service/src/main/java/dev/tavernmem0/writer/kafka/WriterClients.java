package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.service.kafka.KafkaClients;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * Makes the writer's Kafka clients: what the service has for all, plus what its guarantees need.
 */
public final class WriterClients {
  /** The first transaction of all makes the brokers create their topic for them. */
  private static final int TRANSACTION_TIMEOUT_MS = 30_000;

  private final KafkaClients clients;
  private final String groupId;
  private final @Nullable String instanceId;
  private final String ledger;

  /** Not the group's, which may be any: only so that two writers in one process differ. */
  private final String clientId;

  /**
   * The clients of one writer.
   *
   * @param groupId of the group of writers that share the log, if there is one ledger; those of
   *     another one are another group, because offsets belong to a ledger
   * @param ledger the topic
   */
  public WriterClients(
      KafkaClients clients, String groupId, @Nullable String instanceId, String ledger) {
    this.clients = clients;
    String suffix = ledger.equals(Topics.LEDGER) ? "" : "-of-" + ledger;
    this.groupId = groupId + suffix;
    this.clientId = "tavern-writer" + suffix;
    this.instanceId = instanceId;
    this.ledger = ledger;
  }

  /** The ledger's topic. */
  public String ledger() {
    return ledger;
  }

  String groupId() {
    return groupId;
  }

  Admin admin() {
    return clients.admin();
  }

  /** The consumer of the group; the position moves only by explicit commits. */
  public Consumer<byte[], byte[]> groupConsumer() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
    if (instanceId != null && !instanceId.isBlank()) {
      settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
    }
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        List.of(CooperativeStickyAssignor.class.getName()));
    return clients.meteredConsumers("turns", settings).createConsumer();
  }

  /** A consumer outside of the group, for reading a partition from a given offset. */
  Consumer<byte[], byte[]> reader(String purpose) {
    return clients
        .consumers(
            Map.of(
                ConsumerConfig.CLIENT_ID_CONFIG,
                clientId + "-" + purpose,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                // Closing waits for the fetch under way, which at a partition's end takes this
                // long.
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                20))
        .createConsumer();
  }

  /**
   * A producer that gives up on a record only when it is closed: what it is given arrives in order.
   */
  public Producer<byte[], byte @Nullable []> producer() {
    return clients.meteredProducer(settings(clientId));
  }

  /**
   * The producer of one partition of the ledger; of those made for it only the latest can write.
   * Without meters: there is one for each partition.
   */
  Producer<byte[], byte @Nullable []> ledgerProducer(int partition) {
    Map<String, Object> settings = settings(clientId + "-ledger-" + partition);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, groupId + "-ledger-" + partition);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TRANSACTION_TIMEOUT_MS);
    return clients.producer(settings);
  }

  private static Map<String, Object> settings(String clientId) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    return settings;
  }
}
