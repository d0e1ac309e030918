package dev.tavernmem0.watcher.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.kafka.core.KafkaAdmin;

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

    Properties properties = EngineProperties.of(WATCHER, 7, kafka.buildAdminProperties());

    assertThat(properties)
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "PLAIN")
        .containsEntry("sasl.jaas.config", "a module")
        .containsEntry("bootstrap.servers", "one:9092,two:9092");
  }

  @Test
  void the_connectors_options_are_passed_on_as_they_are_and_its_defaults_are_left_to_it() {
    assertThat(EngineProperties.of(WATCHER, 7, KAFKA))
        .containsEntry("data.root", "data")
        .containsEntry("tavern.name", "inn")
        .containsEntry("handles", "eve,adam")
        .doesNotContainKey("snapshot.mode");
  }

  @Test
  void the_connector_is_told_how_many_partitions_the_topic_has_whatever_it_was_told_otherwise() {
    WatcherProperties told =
        new WatcherProperties(
            Map.of("data.root", "data", "topic.partitions", "3"),
            new WatcherProperties.Restart(Duration.ofSeconds(1), Duration.ofSeconds(60)));

    assertThat(EngineProperties.of(told, 7, KAFKA)).containsEntry("topic.partitions", "7");
  }

  @Test
  void the_engine_is_called_as_the_tavern_is() {
    assertThat(EngineProperties.of(WATCHER, 7, KAFKA)).containsEntry("name", "inn");
  }

  @Test
  void operators_signals_are_read_from_the_services_own_kafka_with_its_security() {
    Map<String, Object> secured = new HashMap<>(KAFKA);
    secured.put("sasl.mechanism", "PLAIN");

    assertThat(EngineProperties.of(WATCHER, 7, secured))
        .containsEntry("signals.bootstrap.servers", "one:9092")
        .containsEntry("signals.consumer.sasl.mechanism", "PLAIN");
  }

  /** As Spring Boot resolves {@code spring.kafka.ssl.bundle}: the bundle is an object. */
  @Test
  void the_engines_clients_have_the_certificates_of_a_bundle() {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(SslAutoConfiguration.class, KafkaAutoConfiguration.class))
        .withPropertyValues(
            "spring.kafka.bootstrap-servers=127.0.0.1:1",
            "spring.kafka.properties.default.api.timeout.ms=1000",
            "spring.kafka.properties.request.timeout.ms=1000",
            "spring.kafka.security.protocol=SSL",
            "spring.ssl.bundle.pem.kafka.options.enabled-protocols=TLSv1.3",
            "spring.kafka.ssl.bundle=kafka")
        .run(
            context -> {
              Map<String, Object> kafka =
                  context.getBean(KafkaAdmin.class).getConfigurationProperties();
              Map<String, Object> engines = new HashMap<>();
              EngineProperties.of(WATCHER, 7, kafka)
                  .forEach((name, value) -> engines.put((String) name, value));

              assertThatCode(() -> Admin.create(kafka).close(Duration.ZERO))
                  .as("a client of the service")
                  .doesNotThrowAnyException();
              assertThatCode(() -> Admin.create(engines).close(Duration.ZERO))
                  .as("a client of the engine")
                  .doesNotThrowAnyException();
              // None answers, but it can be asked.
              assertThatThrownBy(
                      () -> StoredOffsets.read(engines, "offsets", new OffsetFormat("inn")))
                  .as("the offset store")
                  .isInstanceOf(TimeoutException.class);
            });
  }
}
