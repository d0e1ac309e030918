package dev.tavernmem0.common.kafka;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the pipeline's topics where they are missing. Existing topics are left as they are, so
 * that an operator's settings win; several services may do this at the same time.
 */
public final class TopicCreator {
  private static final Logger LOG = LoggerFactory.getLogger(TopicCreator.class);

  private TopicCreator() {}

  /**
   * Creates what is missing and returns when all topics exist.
   *
   * @throws org.apache.kafka.common.KafkaException if the broker cannot be reached or refuses
   */
  public static void createMissing(Admin admin, int partitions, short replicationFactor)
      throws InterruptedException {
    createMissing(admin, Topics.all(partitions, replicationFactor));
  }

  /** As {@link #createMissing(Admin, int, short)}, of these topics. */
  public static void createMissing(Admin admin, List<NewTopic> topics) throws InterruptedException {
    try {
      Set<String> existing = admin.listTopics().names().get();
      var missing = topics.stream().filter(topic -> !existing.contains(topic.name())).toList();
      for (Map.Entry<String, KafkaFuture<Void>> created :
          admin.createTopics(missing).values().entrySet()) {
        await(created.getKey(), created.getValue());
      }
    } catch (ExecutionException e) {
      throw new org.apache.kafka.common.KafkaException("cannot create the topics", e.getCause());
    }
  }

  private static void await(String topic, KafkaFuture<Void> created)
      throws InterruptedException, ExecutionException {
    try {
      created.get();
      LOG.info("created topic {}", topic);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
      LOG.debug("topic {} was created by another service meanwhile", topic);
    }
  }
}
