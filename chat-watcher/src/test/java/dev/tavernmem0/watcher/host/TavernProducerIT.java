package dev.tavernmem0.watcher.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TavernProducerIT {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private static final int LIMIT = 20_000;

  private String topic;

  @BeforeEach
  void topic() {
    topic = KAFKA.createTopic("published-" + System.nanoTime(), 1);
  }

  private void limitTheTopic() throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    ConfigEntry limit = new ConfigEntry("max.message.bytes", Integer.toString(LIMIT));
    AlterConfigOp smaller = new AlterConfigOp(limit, AlterConfigOp.OpType.SET);
    KAFKA.admin().incrementalAlterConfigs(Map.of(resource, List.of(smaller))).all().get();
  }

  /** Text that does not get smaller. */
  private static String random(int length) {
    StringBuilder text = new StringBuilder();
    new Random(length).ints(length, 'a', 'z').forEach(letter -> text.append((char) letter));
    return text.toString();
  }

  private static TavernProducer producer(Map<String, Object> more) {
    Map<String, Object> client = Map.of("bootstrap.servers", KAFKA.bootstrapServers());
    Map<String, Object> settings = new HashMap<>(client);
    settings.putAll(more);
    return new TavernProducer(
        "inn", new KafkaClients(client, settings, client, new SimpleMeterRegistry()), LIMIT);
  }

  private ProducerRecord<byte[], byte[]> record(String value) {
    return new ProducerRecord<>(topic, value.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> published() {
    return KAFKA.reader().records(topic).stream()
        .map(ConsumerRecord::value)
        .map(value -> new String(value, StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void one_that_another_of_its_name_has_taken_over_from_publishes_nothing_more() {
    try (TavernProducer first = producer(Map.of());
        TavernProducer second = producer(Map.of())) {
      first.takeOver();
      first.publish(List.of(record("one"), record("two")));
      second.takeOver();

      assertThatThrownBy(() -> first.publish(List.of(record("of the first"))))
          .isInstanceOf(FencedException.class)
          .hasMessageContaining("another watcher with the name \"inn\" has taken over");

      second.publish(List.of(record("three")));
    }
    assertThat(published()).containsExactly("one", "two", "three");
  }

  /** Again and again: a batch that is refused was split for ever from the second time on. */
  @RepeatedTest(4)
  void records_that_the_brokers_find_too_large_are_named_and_nothing_is_published()
      throws Exception {
    limitTheTopic();
    try (TavernProducer producer = producer(Map.of())) {
      producer.takeOver();

      assertThat(producer.publish(List.of(record("one"), record(random(50_000)), record("three"))))
          .containsExactly(1);
      assertThat(published()).isEmpty();

      assertThat(producer.publish(List.of(record("one"), record("three")))).isEmpty();
    }
    assertThat(published()).containsExactly("one", "three");
  }

  @Test
  void of_many_large_records_each_attempt_names_some_until_all_are_named() throws Exception {
    limitTheTopic();
    List<ProducerRecord<byte[], byte[]>> left = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      left.add(record(random(i % 100 == 50 ? 60_000 + i : 100 + i)));
    }
    try (TavernProducer producer = producer(Map.of())) {
      producer.takeOver();

      List<Integer> refused = producer.publish(left);
      while (!refused.isEmpty()) {
        refused.stream()
            .sorted(Comparator.reverseOrder())
            .forEach(place -> left.remove((int) place));
        refused = producer.publish(left);
      }
    }
    assertThat(published()).hasSize(297);
  }

  @Test
  void a_record_that_is_refused_while_others_are_still_being_handed_over_is_named()
      throws Exception {
    limitTheTopic();
    Map<String, Object> slow = Map.of("interceptor.classes", WaitsForTheRefusal.class.getName());
    try (TavernProducer producer = producer(slow)) {
      producer.takeOver();

      assertThat(producer.publish(List.of(record(random(500_000)), record("wait"))))
          .containsExactly(0);
    }
    assertThat(published()).isEmpty();
  }

  @Test
  void a_record_that_does_not_fit_into_the_buffer_is_named() {
    try (TavernProducer producer = producer(Map.of("buffer.memory", 1_000_000))) {
      producer.takeOver();

      assertThat(
              producer.publish(List.of(record("one"), record("x".repeat(2_000_000)), record("2"))))
          .containsExactly(1);
    }
    assertThat(published()).isEmpty();
  }

  @Test
  void a_transaction_that_took_too_long_is_a_failure_and_not_a_take_over() {
    Map<String, Object> slow =
        Map.of(
            "transaction.timeout.ms",
            1000,
            "interceptor.classes",
            SleepsUntilTakenBack.class.getName());
    try (TavernProducer producer = producer(slow)) {
      producer.takeOver();

      assertThatThrownBy(() -> producer.publish(List.of(record("one"), record("sleep"))))
          .isInstanceOf(KafkaException.class);
    }
    assertThat(published()).isEmpty();
  }

  /** Hands a record over when the one before it has been refused. */
  public static final class WaitsForTheRefusal implements ProducerInterceptor<byte[], byte[]> {
    private static final CountDownLatch REFUSED = new CountDownLatch(1);

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
      if (new String(record.value(), StandardCharsets.UTF_8).equals("wait")) {
        await().atMost(Duration.ofSeconds(60)).until(() -> REFUSED.getCount() == 0);
      }
      return record;
    }

    @Override
    public void onAcknowledgement(
        org.apache.kafka.clients.producer.RecordMetadata metadata, Exception exception) {
      REFUSED.countDown();
    }

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
  }

  /** A machine that is put to sleep between two records. */
  public static final class SleepsUntilTakenBack implements ProducerInterceptor<byte[], byte[]> {
    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
      if (new String(record.value(), StandardCharsets.UTF_8).equals("sleep")) {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    KAFKA
                            .admin()
                            .describeTransactions(List.of("tavern-watcher-inn"))
                            .description("tavern-watcher-inn")
                            .get()
                            .state()
                        == TransactionState.COMPLETE_ABORT);
      }
      return record;
    }

    @Override
    public void onAcknowledgement(
        org.apache.kafka.clients.producer.RecordMetadata metadata, Exception exception) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
  }
}
