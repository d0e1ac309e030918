package dev.tavernmem0.watcher.view;

import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.curation.CurationKey;
import dev.tavernmem0.common.curation.InvalidCurationException;
import dev.tavernmem0.common.curation.TurnsForgotten;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.service.kafka.KafkaClients;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The turns that users have forgotten, which are as if they were not in the log: until it is
 * compacted they still are. Read from the topic of decisions at each question. Thread-safe.
 */
@Component
public class ForgottenTurns {
  private static final Logger LOG = LoggerFactory.getLogger(ForgottenTurns.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final KafkaClients clients;

  ForgottenTurns(KafkaClients clients) {
    this.clients = clients;
  }

  /**
   * The decisions about them.
   *
   * @throws KafkaException if the brokers do not answer
   */
  public Collection<TurnsForgotten> decisions() {
    Consumer<byte[], byte[]> consumer =
        clients
            .consumers(Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"))
            .createConsumer();
    try {
      Map<CurationKey, TurnsForgotten> decisions = new HashMap<>();
      consumer
          .partitionsFor(Topics.CURATION, PATIENCE)
          .forEach(
              info ->
                  read(consumer, new TopicPartition(info.topic(), info.partition()), decisions));
      return decisions.values();
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
  }

  /**
   * How many turns of each chat they are.
   *
   * @throws KafkaException if the brokers do not answer
   */
  public Map<String, Integer> perChat() {
    Map<String, Integer> perChat = new HashMap<>();
    decisions()
        .forEach(
            decision -> perChat.merge(decision.chatId(), decision.turnIds().size(), Integer::sum));
    return perChat;
  }

  /**
   * Their ids, by scope: a chat that was moved to another character has them there too, and is not
   * meant.
   *
   * @throws KafkaException if the brokers do not answer
   */
  public Map<Scope, Set<String>> byScope() {
    Map<Scope, Set<String>> byScope = new HashMap<>();
    decisions()
        .forEach(
            decision ->
                byScope
                    .computeIfAbsent(decision.scope(), scope -> new HashSet<>())
                    .addAll(decision.turnIds()));
    return byScope;
  }

  private static void read(
      Consumer<byte[], byte[]> consumer,
      TopicPartition partition,
      Map<CurationKey, TurnsForgotten> decisions) {
    consumer.assign(List.of(partition));
    long end = consumer.endOffsets(List.of(partition), PATIENCE).getOrDefault(partition, 0L);
    consumer.seekToBeginning(List.of(partition));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (consumer.position(partition, PATIENCE) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        deadline = System.nanoTime() + PATIENCE.toNanos();
        take(record, decisions);
      }
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("nothing arrived for " + PATIENCE.toSeconds() + " s");
      }
    }
  }

  private static void take(
      ConsumerRecord<byte[], byte[]> record, Map<CurationKey, TurnsForgotten> decisions) {
    if (record.value() == null) {
      CurationKey.parse(record.key()).ifPresent(decisions::remove);
      return;
    }
    try {
      Curation decision = CurationCodec.decode(record.value());
      if (decision instanceof TurnsForgotten forgotten) {
        decisions.put(forgotten.key(), forgotten);
      }
    } catch (InvalidCurationException e) {
      LOG.debug("offset {} of {} is no decision", record.offset(), record.topic());
    }
  }
}
