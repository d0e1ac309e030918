package dev.tavernmem0.watcher.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

class EnginePropertiesTest {
  private static final WatcherProperties WATCHER =
      new WatcherProperties(
          Path.of("data"),
          "tavern",
          List.of("eve", "adam"),
          "initial",
          "auto",
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Duration.ofSeconds(2),
          Duration.ofSeconds(3),
          4096,
          true,
          "Europe/Prague",
          new WatcherProperties.Restart(Duration.ofSeconds(1), Duration.ofSeconds(60)),
          new WatcherProperties.Topics(12, 3));

  @Test
  void the_offset_store_connects_as_the_other_clients_do() {
    KafkaProperties kafka = new KafkaProperties();
    kafka.setBootstrapServers(List.of("one:9092", "two:9092"));
    kafka.getSecurity().setProtocol("SASL_SSL");
    kafka.getProperties().put("sasl.mechanism", "PLAIN");
    kafka.getProperties().put("sasl.jaas.config", "a module");

    Properties properties =
        EngineProperties.of(WATCHER, "one:9092,two:9092", kafka.buildAdminProperties());

    assertThat(properties)
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "PLAIN")
        .containsEntry("sasl.jaas.config", "a module")
        .containsEntry("bootstrap.servers", "one:9092,two:9092")
        .containsEntry("offset.storage.replication.factor", "3");
  }

  @Test
  void every_setting_reaches_the_connector() {
    assertThat(EngineProperties.of(WATCHER, "one:9092", Map.of()))
        .containsEntry("data.root", "data")
        .containsEntry("tavern.name", "tavern")
        .containsEntry("handles", "eve,adam")
        .containsEntry("snapshot.mode", "initial")
        .containsEntry("watch.mode", "auto")
        .containsEntry("rescan.interval.ms", "30000")
        .containsEntry("poll.interval.ms", "5000")
        .containsEntry("settle.file.ms", "2000")
        .containsEntry("rename.window.ms", "3000")
        .containsEntry("max.line.bytes", "4096")
        .containsEntry("include.raw", "true")
        .containsEntry("time.zone", "Europe/Prague");
  }
}
