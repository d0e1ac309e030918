package dev.tavernmem0.watcher.host;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How large a batch of records the brokers take. */
final class LargestBatch {
  private static final Logger LOG = LoggerFactory.getLogger(LargestBatch.class);

  private LargestBatch() {}

  /**
   * The smallest limit of the topics, in bytes; what this pipeline makes topics with if the brokers
   * do not let us see it.
   *
   * @throws KafkaException if the brokers do not answer
   */
  static int of(Admin admin, Collection<String> topics) throws InterruptedException {
    try {
      return admin
          .describeConfigs(
              topics.stream()
                  .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                  .toList())
          .all()
          .get()
          .values()
          .stream()
          .mapToInt(LargestBatch::limit)
          .min()
          .orElse(MaxRecordSize.BYTES);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        LOG.info("cannot see how large records may be ({})", e.getCause().getMessage());
        return MaxRecordSize.BYTES;
      }
      throw new KafkaException("cannot see how large records may be", e.getCause());
    }
  }

  private static int limit(Config config) {
    ConfigEntry limit = config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    return limit == null ? MaxRecordSize.BYTES : Integer.parseInt(limit.value());
  }
}
