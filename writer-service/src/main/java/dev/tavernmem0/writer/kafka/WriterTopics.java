package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.kafka.TopicCreator;
import dev.tavernmem0.common.kafka.Topics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;

/** The topics that the writer needs. */
public final class WriterTopics {
  private WriterTopics() {}

  /**
   * Makes sure that the topics are there and fit together.
   *
   * @param partitions of topics that are missing and are created
   * @param replicationFactor of topics that are missing and are created
   * @throws KafkaException if Kafka cannot be reached, or the topics do not fit
   */
  public static void prepare(WriterClients clients, int partitions, short replicationFactor)
      throws InterruptedException {
    try (Admin admin = clients.admin()) {
      TopicCreator.createMissing(admin, partitions, replicationFactor);
      TopicCreator.createMissing(
          admin, List.of(Topics.ledger(clients.ledger(), partitions, replicationFactor)));
      var topics = List.of(Topics.TURNS, clients.ledger(), Topics.TURNS_DLT, Topics.CURATION);
      var found = admin.describeTopics(topics).allTopicNames().get();
      for (String other : List.of(clients.ledger(), Topics.TURNS_DLT, Topics.CURATION)) {
        int turns = partitions(found, Topics.TURNS);
        int others = partitions(found, other);
        if (others < turns) {
          throw new KafkaException(
              "topic %s has %d partitions and %s has %d: give both the same number"
                  .formatted(Topics.TURNS, turns, other, others));
        }
      }
    } catch (ExecutionException e) {
      throw new KafkaException("cannot look at the topics", e.getCause());
    }
  }

  private static int partitions(Map<String, TopicDescription> found, String topic) {
    return Objects.requireNonNull(found.get(topic), topic).partitions().size();
  }
}
