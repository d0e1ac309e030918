package dev.tavernmem0.service.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class TopicsPropertiesTest {
  @Test
  void no_replicas_are_refused_by_name_and_value() {
    assertThatThrownBy(() -> replicationFactor("0"))
        .rootCause()
        .hasMessageContainingAll("tavern.topics.replication-factor", "at least 1", "not 0");
  }

  @Test
  void the_number_can_be_left_to_the_brokers() {
    assertThat(replicationFactor("-1")).isEqualTo(-1);
  }

  private static int replicationFactor(String value) {
    return new Binder(
            new MapConfigurationPropertySource(Map.of("tavern.topics.replication-factor", value)))
        .bind("tavern.topics", TopicsProperties.class)
        .get()
        .replicationFactor();
  }
}
