package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.testkit.hostile.HostileRecord;
import dev.tavernmem0.testkit.hostile.HostileTurnEvents;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.writer.consume.WriterStatus;
import dev.tavernmem0.writer.kafka.DeadLetters;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No record of the log stops the writer, or the chat that it is of. One writer lives through all.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostileTurnEventsIT {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int PARTITIONS = 2;

  private static FaultyMem0Server mem0;
  private static WriterUnderTest writer;
  private static RawProducer producer;
  private static KafkaConsumer<byte[], byte[]> letters;

  @BeforeAll
  static void start() {
    KAFKA.freshTopics(PARTITIONS);
    mem0 = FaultyMem0Server.builder().extractor(Extractor.paraphrasing()).start();
    writer = WriterUnderTest.start(KAFKA, mem0);
    producer = new RawProducer(KAFKA.bootstrapServers());
    letters =
        new KafkaConsumer<>(
            Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, KAFKA.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> all =
        IntStream.range(0, PARTITIONS)
            .mapToObj(partition -> new TopicPartition(Topics.TURNS_DLT, partition))
            .toList();
    letters.assign(all);
    letters.seekToBeginning(all);
  }

  @AfterAll
  static void stop() {
    letters.close();
    producer.close();
    writer.close();
    mem0.close();
  }

  static List<HostileRecord> refused() {
    return HostileTurnEvents.refused();
  }

  static List<HostileRecord> taken() {
    return HostileTurnEvents.taken();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  @Order(1)
  void what_is_no_turn_event_becomes_a_dead_letter_and_its_chat_goes_on(HostileRecord hostile)
      throws Exception {
    long dead = writer.status().deadRecords();

    long offset = send(hostile);
    ChatLog chat = chatOf(hostile);
    chat.user("After " + hostile.chatId() + ".");

    awaitMemory("After " + hostile.chatId() + ".");
    ConsumerRecord<byte[], byte[]> letter = nextLetter();
    assertThat(text(letter, DeadLetters.REASON)).isEqualTo("undecodable");
    assertThat(text(letter, "kafka_dlt-exception-message"))
        .startsWith("not a turn event")
        .contains(String.valueOf(hostile.refusal()))
        .doesNotContain(HostileRecord.SECRET);
    assertThat(ByteBuffer.wrap(letter.headers().lastHeader("kafka_dlt-original-offset").value()))
        .isEqualTo(ByteBuffer.allocate(Long.BYTES).putLong(0, offset));
    if (hostile.name().equals("a value that fills a record")) {
      assertThat(letter.value()).isEmpty();
      assertThat(text(letter, DeadLetters.LEFT_OUT))
          .isEqualTo(Integer.toString(hostile.value().length));
    } else {
      assertThat(letter.value()).isEqualTo(hostile.value() == null ? new byte[0] : hostile.value());
    }
    await().atMost(SOON).until(() -> writer.status().deadRecords() == dead + 1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("taken")
  @Order(2)
  void an_odd_turn_event_is_taken_as_far_as_it_goes_and_its_chat_goes_on(HostileRecord odd)
      throws Exception {
    long dead = writer.status().deadRecords();

    send(odd);
    chatOf(odd).user("After " + odd.chatId() + ".");

    awaitMemory("After " + odd.chatId() + ".");
    assertThat(writer.status().deadRecords()).isEqualTo(dead);
  }

  @Test
  @Order(3)
  void in_the_end_everything_is_done_with_and_committed() {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              WriterStatus status = writer.status();
              assertThat(status.state()).isEqualTo(WriterStatus.State.RUNNING);
              assertThat(status.lastError()).isNull();
              assertThat(status.pendingTurns()).isZero();
              assertThat(status.inFlight()).isZero();
              assertThat(status.lag()).isZero();
              assertThat(status.partitions()).allMatch(each -> each.openRecords() == 0);
            });
    assertThat(KAFKA.reader().records(Topics.LEDGER)).isNotEmpty();
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(
                        KAFKA
                            .admin()
                            .listConsumerGroupOffsets("tavern-writer")
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .hasSize(PARTITIONS)
                    .allSatisfy(
                        (partition, committed) ->
                            assertThat(committed.offset()).isEqualTo(end(partition))));
  }

  private static long end(TopicPartition partition) {
    return letters.endOffsets(List.of(partition)).get(partition);
  }

  private static int partition(HostileRecord record) {
    return Math.floorMod(record.chatId().hashCode(), PARTITIONS);
  }

  private static long send(HostileRecord record) throws Exception {
    return producer.append(Topics.TURNS, partition(record), record.key(), record.value());
  }

  /**
   * The same chat goes on; its first turn is the one that the hostile record claims to be about.
   */
  private static ChatLog chatOf(HostileRecord record) {
    return new ChatLog(
        record.chatId(),
        "Seraphina",
        event -> {
          var unused =
              producer.send(
                  new ProducerRecord<>(
                      Topics.TURNS,
                      partition(record),
                      record.chatId().getBytes(StandardCharsets.UTF_8),
                      TurnEventCodec.encode(event)));
        });
  }

  private static void awaitMemory(String text) {
    await(text)
        .atMost(SOON)
        .until(() -> mem0.memories().stream().anyMatch(memory -> memory.text().contains(text)));
  }

  private static ConsumerRecord<byte[], byte[]> nextLetter() {
    return await("a dead letter")
        .atMost(SOON)
        .until(
            () -> {
              for (ConsumerRecord<byte[], byte[]> letter : letters.poll(Duration.ofMillis(50))) {
                return letter;
              }
              return null;
            },
            letter -> letter != null);
  }

  private static String text(ConsumerRecord<?, ?> letter, String header) {
    return new String(letter.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
  }
}
