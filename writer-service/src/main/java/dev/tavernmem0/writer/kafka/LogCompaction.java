package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.kafka.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * When the brokers compact the turns' log and the dead letters: never but while something is to be
 * erased, and then soon; and the decisions, which are compacted anyway, soon then too. What an
 * operator has set is left as it is. Thread-safe.
 */
public final class LogCompaction {
  /** Also the mark by which it is known that nobody else has set it. */
  private static final String SOON_MS = Long.toString(Duration.ofMillis(1001).toMillis());

  private static final String AT_ONCE_MS = "0";
  private static final String MIN = TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG;
  private static final String MAX = TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG;
  private static final ConfigResource TURNS = topic(Topics.TURNS);
  private static final ConfigResource TURNS_DLT = topic(Topics.TURNS_DLT);
  private static final ConfigResource CURATION = topic(Topics.CURATION);

  private final WriterClients clients;

  public LogCompaction(WriterClients clients) {
    this.clients = clients;
  }

  private static ConfigResource topic(String name) {
    return new ConfigResource(ConfigResource.Type.TOPIC, name);
  }

  /**
   * Has them compacted soon. May be asked for again.
   *
   * @throws KafkaException if the brokers do not answer, or do not let us
   */
  public void soon() {
    change(
        (topic, config) -> {
          if (own(config, MAX) != null) {
            return List.of();
          }
          return topic.equals(CURATION)
              ? List.of(operation(OpType.SET, MAX, SOON_MS))
              : List.of(
                  operation(OpType.SET, MIN, AT_ONCE_MS), operation(OpType.SET, MAX, SOON_MS));
        });
  }

  /**
   * Has them compacted as before. May be asked for again.
   *
   * @throws KafkaException if the brokers do not answer, or do not let us
   */
  public void asBefore() {
    change(
        (topic, config) -> {
          if (!SOON_MS.equals(own(config, MAX))) {
            return List.of();
          }
          AlterConfigOp max = operation(OpType.DELETE, MAX, "");
          return topic.equals(CURATION)
              ? List.of(max)
              : List.of(max, operation(OpType.SET, MIN, Topics.NEVER_COMPACTED_MS));
        });
  }

  private interface Change {
    Collection<AlterConfigOp> of(ConfigResource topic, Config config);
  }

  private static AlterConfigOp operation(OpType how, String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), how);
  }

  private void change(Change change) {
    ask(
        admin -> {
          Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
          admin
              .describeConfigs(List.of(TURNS, TURNS_DLT, CURATION))
              .all()
              .get()
              .forEach(
                  (topic, config) -> {
                    Collection<AlterConfigOp> its = change.of(topic, config);
                    if (!its.isEmpty() && isCompacted(config)) {
                      changes.put(topic, its);
                    }
                  });
          if (!changes.isEmpty()) {
            admin.incrementalAlterConfigs(changes).all().get();
          }
          return true;
        });
  }

  /**
   * Which of the topics with chat text can be compacted at all; of the others nothing can be
   * erased.
   *
   * @throws KafkaException if the brokers do not answer
   */
  public List<String> possible() {
    return ask(
        admin ->
            admin.describeConfigs(List.of(TURNS, TURNS_DLT)).all().get().entrySet().stream()
                .filter(each -> isCompacted(each.getValue()))
                .map(each -> each.getKey().name())
                .toList());
  }

  private interface Question<T> {
    T ask(Admin admin) throws ExecutionException, InterruptedException;
  }

  private <T> T ask(Question<T> question) {
    try (Admin admin = clients.admin()) {
      return question.ask(admin);
    } catch (ExecutionException e) {
      throw new KafkaException(
          "the topics' settings cannot be looked at, or changed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WakeupException();
    }
  }

  private static boolean isCompacted(Config config) {
    ConfigEntry policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
    return policy != null && policy.value().contains(TopicConfig.CLEANUP_POLICY_COMPACT);
  }

  private static @Nullable String own(Config config, String name) {
    ConfigEntry entry = config.get(name);
    return entry != null && entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG
        ? entry.value()
        : null;
  }
}
