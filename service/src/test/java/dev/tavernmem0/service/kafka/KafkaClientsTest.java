package dev.tavernmem0.service.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaClientsTest {
  private static final Map<String, Object> OPERATORS =
      Map.of(
          "bootstrap.servers",
          "127.0.0.1:1",
          "security.protocol",
          "PLAINTEXT",
          "group.id",
          "the-operators",
          "transactional.id",
          "the-operators",
          "acks",
          "0",
          "isolation.level",
          "read_uncommitted");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final KafkaClients clients = new KafkaClients(OPERATORS, OPERATORS, OPERATORS, meters);

  @Test
  void what_the_guarantees_need_comes_before_what_an_operator_set() {
    assertThat(clients.consumers(Map.of()).getConfigurationProperties())
        .containsEntry("bootstrap.servers", "127.0.0.1:1")
        .containsEntry("security.protocol", "PLAINTEXT")
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("enable.auto.commit", false)
        .doesNotContainKey("group.id");
    ProducerConfig producer = clients.producerConfig(Map.of());
    assertThat(producer.getString("acks")).isEqualTo("-1");
    assertThat(producer.getInt("max.request.size")).isEqualTo(MaxRecordSize.BYTES);
    assertThat(producer.getString("transactional.id")).isNull();
  }

  @Test
  void what_a_client_needs_comes_before_all() {
    assertThat(clients.consumers(Map.of("group.id", "ours")).getConfigurationProperties())
        .containsEntry("group.id", "ours");
    assertThat(clients.producerConfig(Map.of("linger.ms", 7)).getLong("linger.ms")).isEqualTo(7);
  }

  @Test
  void meters_of_a_producer_are_there_as_long_as_it_is() {
    try (Producer<byte[], byte[]> unmetered = clients.producer(Map.of())) {
      assertThat(unmetered.metrics()).isNotEmpty();
      assertThat(meters.getMeters()).isEmpty();
    }
    try (Producer<byte[], byte[]> metered = clients.meteredProducer(Map.of())) {
      assertThat(metered.metrics()).isNotEmpty();
      assertThat(meters.getMeters())
          .anyMatch(meter -> meter.getId().getName().equals("kafka.producer.record.send.total"));
    }
    assertThat(meters.getMeters()).isEmpty();
  }

  /** Kafka refuses an admin client whose calls may last no longer than one of their requests. */
  @ParameterizedTest
  @CsvSource({"request.timeout.ms, 30000", "default.api.timeout.ms, 5000"})
  void an_operators_time_limits_make_no_admin_client_impossible(String name, String value) {
    Map<String, Object> settings = Map.of("bootstrap.servers", "127.0.0.1:1", name, value);

    assertThatCode(
            () ->
                new KafkaClients(settings, settings, settings, meters).admin().close(Duration.ZERO))
        .doesNotThrowAnyException();
  }
}
