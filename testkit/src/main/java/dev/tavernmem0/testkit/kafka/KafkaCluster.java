package dev.tavernmem0.testkit.kafka;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.TopicPartition;

/**
 * Several brokers, each in a JVM of its own, for tests of failover. With three, topics have three
 * replicas and need two in sync, so any one can be killed.
 */
public final class KafkaCluster implements AutoCloseable {
  private final List<KafkaProcess> brokers;

  private KafkaCluster(List<KafkaProcess> brokers) {
    this.brokers = brokers;
  }

  /**
   * Starts the brokers at once and returns when all answer.
   *
   * @param directory for their data and output
   */
  public static KafkaCluster start(int size, Path directory) {
    List<KafkaNode> nodes = KafkaNode.formatted(size, directory);
    KafkaCluster cluster =
        new KafkaCluster(nodes.stream().map(node -> new KafkaProcess(node, nodes)).toList());
    try {
      cluster.brokers.forEach(KafkaProcess::launch);
      cluster.brokers.forEach(KafkaProcess::awaitReady);
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  public List<KafkaProcess> brokers() {
    return brokers;
  }

  /** All brokers, as {@code bootstrap.servers} takes them. */
  public String bootstrapServers() {
    return brokers.stream().map(KafkaProcess::bootstrapServers).collect(Collectors.joining(","));
  }

  /** The broker that leads a partition now. */
  public KafkaProcess leaderOf(TopicPartition partition) {
    try (Admin admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) bootstrapServers()))) {
      var topics = admin.describeTopics(List.of(partition.topic())).allTopicNames().get();
      int leader =
          Objects.requireNonNull(topics.get(partition.topic()))
              .partitions()
              .get(partition.partition())
              .leader()
              .id();
      return brokers.stream()
          .filter(broker -> broker.nodeId() == leader)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException(partition + " has no leader"));
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot describe " + partition, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Kills what is left of it. */
  @Override
  public void close() {
    brokers.forEach(KafkaProcess::close);
  }
}
