package dev.tavernmem0.watcher.host;

import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many partitions a topic has. */
final class TopicPartitions {
  private static final Logger LOG = LoggerFactory.getLogger(TopicPartitions.class);

  private TopicPartitions() {}

  /**
   * The number of partitions.
   *
   * @param otherwise if there is no such topic yet, or the brokers do not let us see it
   * @throws KafkaException if the brokers do not answer
   */
  static int of(Admin admin, String topic, int otherwise) throws InterruptedException {
    try {
      return admin
          .describeTopics(List.of(topic))
          .topicNameValues()
          .values()
          .iterator()
          .next()
          .get()
          .partitions()
          .size();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException
          || e.getCause() instanceof UnknownTopicOrPartitionException) {
        LOG.info(
            "cannot see how many partitions {} has ({}): {} are counted on",
            topic,
            e.getCause().getMessage(),
            otherwise);
        return otherwise;
      }
      throw new KafkaException("cannot see how many partitions " + topic + " has", e.getCause());
    }
  }
}
