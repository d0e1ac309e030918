package dev.tavernmem0.watcher.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

class EnginePropertiesTest {
  private static final WatcherProperties WATCHER =
      new WatcherProperties(
          Map.of("data.root", "data", "tavern.name", "inn", "handles", "eve,adam"),
          new WatcherProperties.Restart(Duration.ofSeconds(1), Duration.ofSeconds(60)));
  private static final Map<String, Object> KAFKA = Map.of("bootstrap.servers", List.of("one:9092"));

  @Test
  void the_offset_store_connects_as_the_other_clients_do() {
    KafkaProperties kafka = new KafkaProperties();
    kafka.setBootstrapServers(List.of("one:9092", "two:9092"));
    kafka.getSecurity().setProtocol("SASL_SSL");
    kafka.getProperties().put("sasl.mechanism", "PLAIN");
    kafka.getProperties().put("sasl.jaas.config", "a module");

    Properties properties = EngineProperties.of(WATCHER, kafka.buildAdminProperties());

    assertThat(properties)
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "PLAIN")
        .containsEntry("sasl.jaas.config", "a module")
        .containsEntry("bootstrap.servers", "one:9092,two:9092");
  }

  @Test
  void the_connectors_options_are_passed_on_as_they_are_and_its_defaults_are_left_to_it() {
    assertThat(EngineProperties.of(WATCHER, KAFKA))
        .containsEntry("data.root", "data")
        .containsEntry("tavern.name", "inn")
        .containsEntry("handles", "eve,adam")
        .doesNotContainKey("snapshot.mode");
  }

  @Test
  void the_engine_is_called_as_the_tavern_is() {
    assertThat(EngineProperties.of(WATCHER, KAFKA)).containsEntry("name", "inn");
  }

  @Test
  void operators_signals_are_read_from_the_services_own_kafka_with_its_security() {
    Map<String, Object> secured = new HashMap<>(KAFKA);
    secured.put("sasl.mechanism", "PLAIN");

    assertThat(EngineProperties.of(WATCHER, secured))
        .containsEntry("signals.bootstrap.servers", "one:9092")
        .containsEntry("signals.consumer.sasl.mechanism", "PLAIN");
  }
}
