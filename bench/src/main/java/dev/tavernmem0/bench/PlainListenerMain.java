package dev.tavernmem0.bench;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.ApiVersion;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0ClientOptions;
import dev.tavernmem0.common.mem0.Mem0Message;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * What one would write first: consumers of one group, each of which takes a record, posts its turn
 * to mem0, commits, and takes the next one. In order, too, since a scope has one partition.
 */
public final class PlainListenerMain {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private PlainListenerMain() {}

  /** Takes the brokers, mem0's address and how many consumers. */
  public static void main(String[] args) {
    EndsWithParent.watch();
    int consumers = Integer.parseInt(args[2]);
    Mem0Client mem0 =
        new Mem0Client(
            new Mem0ClientOptions(
                URI.create(args[1]), null, ApiVersion.V2, TIMEOUT, TIMEOUT, consumers));
    for (int i = 0; i < consumers; i++) {
      new Thread(() -> consume(args[0], mem0), "listener-" + i).start();
    }
  }

  private static void consume(String bootstrapServers, Mem0Client mem0) {
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ConsumerConfig.GROUP_ID_CONFIG,
            "bench-plain",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            10);
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(Topics.TURNS));
      while (true) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          mem0.add(request(TurnEventCodec.decode(record.value())));
          consumer.commitSync(
              Map.of(
                  new TopicPartition(record.topic(), record.partition()),
                  new OffsetAndMetadata(record.offset() + 1)));
        }
      }
    }
  }

  private static AddRequest request(TurnEvent event) {
    var turn = Objects.requireNonNull(event.after());
    return new AddRequest(
        List.of(new Mem0Message("user", turn.name() + ": " + turn.text())),
        Scope.of(event.source()),
        Map.of("chat_id", event.source().chatId(), "batch_id", turn.turnId()),
        true,
        null);
  }
}
