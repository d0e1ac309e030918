package dev.tavernmem0.testkit.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.ChatKind;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.event.TurnRef;
import dev.tavernmem0.common.kafka.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedBrokerIT {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  @BeforeEach
  void topics() {
    KAFKA.freshTopics(2);
  }

  @Test
  void what_was_sent_is_read_back_in_the_order_of_each_chat() throws Exception {
    send(deletion("chat-a", "t1"), deletion("chat-b", "t1"), deletion("chat-a", "t2"));

    List<TurnEvent> events =
        KAFKA.reader().awaitTurnEvents(Duration.ofSeconds(10), read -> read.size() == 3);

    assertThat(events.stream().filter(e -> e.source().chatId().equals("chat-a")))
        .extracting(TurnEvent::turnId)
        .containsExactly("t1", "t2");
    assertThat(KAFKA.reader().ledger()).isEmpty();
  }

  @Test
  void fresh_topics_are_empty_and_groups_begin_anew() throws Exception {
    send(deletion("chat-a", "t1"));
    assertThat(consumeAndCommit()).isEqualTo(1);

    KAFKA.freshTopics(2);
    assertThat(KAFKA.reader().turnEvents()).isEmpty();
    send(deletion("chat-a", "t2"));

    assertThat(consumeAndCommit()).isEqualTo(1);
  }

  private static int consumeAndCommit() {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers", KAFKA.bootstrapServers(),
            "group.id", "shared-broker-it",
            "auto.offset.reset", "earliest");
    try (var consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(Topics.TURNS));
      long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      int read = 0;
      while (read == 0 && System.nanoTime() < end) {
        read = consumer.poll(Duration.ofMillis(100)).count();
      }
      consumer.commitSync();
      return read;
    }
  }

  private static void send(TurnEvent... events) throws Exception {
    Map<String, Object> config = Map.of("bootstrap.servers", KAFKA.bootstrapServers());
    try (var producer =
        new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
      for (TurnEvent event : events) {
        producer
            .send(
                new ProducerRecord<>(
                    Topics.TURNS, event.source().chatId(), TurnEventCodec.encode(event)))
            .get();
      }
    }
  }

  private static TurnEvent deletion(String chat, String turn) {
    return new TurnEvent(
        Op.DELETE,
        new TurnRef(turn, "00"),
        null,
        new Source(
            "sillytavern",
            "test",
            "tavern",
            0,
            SnapshotMarker.FALSE,
            "default-user",
            "Mara",
            ChatKind.SOLO,
            "Mara",
            null,
            chat,
            "chat.jsonl",
            null,
            Cause.DELETE,
            "s1",
            null),
        chat + turn,
        0);
  }
}
